//! The picture: the same as an SVG, which is light or dark as its viewer likes it.

use super::axis::Axis;
use super::timeline::Timeline;
use crate::given::shorten;
use retry_schedule::duration_text;
use std::time::Duration;
use svg::node::element::{Circle, Description, Group, Line, Rectangle, Style, Text, Title};
use svg::{Document, Node};

/// How wide a picture is where nobody says how much room there is.
pub(crate) const WIDTH: f64 = 800.0;
/// Where the axis begins, and how far from the other side it ends.
const LEFT: f64 = 32.0;
const RIGHT: f64 = 40.0;

const HEAD: f64 = 52.0;
const ROW: f64 = 92.0;
const FOOT: f64 = 44.0;

/// Where in its row a timeline is, below its two lines of text.
const BAND: f64 = 47.0;
const BAND_HEIGHT: f64 = 26.0;

/// A character of the schedule's text, of the legend, and of a label, at its widest.
const CHARACTER: f64 = 800.0 / 90.0;
const SMALL_CHARACTER: f64 = 6.5;

/// From how many calls on their lines are thin.
const MANY: usize = 150;

const LEGEND_HEIGHT: f64 = 16.0;
/// How far the lines of a legend are apart.
const LEGEND_LINE: f64 = 22.0;

const STYLE: &str = "
.background { fill: #ffffff; }
text { fill: #1f2328; font: 14px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; }
.schedule { font: 600 13px ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace; }
.small { fill: #59636e; font-size: 12px; }
.wait, .axis { stroke: #818b98; stroke-width: 1; }
.start { stroke: #1a7f37; stroke-width: 3; }
.check { stroke: #0969da; stroke-width: 2; }
.many .check { stroke-width: 0.5; }
.noticed { fill: #0969da; stroke: #ffffff; stroke-width: 1.5; }
.done { stroke: #cf222e; stroke-width: 2; stroke-dasharray: 5 3; }
.late { fill: #cf222e; opacity: 0.15; }
.jitter { fill: #0969da; }
.spread { opacity: 0.2; }
@media (prefers-color-scheme: dark) {
.background { fill: #0d1117; }
text { fill: #f0f6fc; }
.small { fill: #9198a1; }
.wait, .axis { stroke: #656c76; }
.start { stroke: #3fb950; }
.check { stroke: #58a6ff; }
.noticed { fill: #58a6ff; stroke: #0d1117; }
.done { stroke: #ff7b72; }
.late { fill: #ff7b72; opacity: 0.25; }
.jitter { fill: #58a6ff; }
.spread { opacity: 0.3; }
}
";

/// Draws all timelines on one axis, in so many pixels.
pub(crate) fn draw(timelines: &[Timeline], width: f64) -> Document {
    let end = timelines.iter().map(Timeline::end).max();
    let axis = Axis::new(end.unwrap_or_default(), most_characters(width));
    let (legend, lines) = legend(timelines, width);
    let mut height = HEAD + LEGEND_LINE * lines;
    let mut rows = Group::new();
    for timeline in timelines {
        rows = rows.add(row(timeline, &axis, height, width));
        height += ROW;
    }
    let foot = scale(&axis, height, width);
    height += FOOT;
    Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .set("aria-labelledby", "title description")
        .add(Title::new("Timelines of retry schedules").set("id", "title"))
        .add(
            Description::new()
                .set("id", "description")
                .add(svg::node::Text::new(description(timelines))),
        )
        .add(Style::new(STYLE))
        .add(
            Rectangle::new()
                .set("class", "background")
                .set("width", width)
                .set("height", height),
        )
        .add(legend)
        .add(rows)
        .add(foot)
}

/// How many characters fit on a line.
fn most_characters(width: f64) -> usize {
    (width / CHARACTER).round() as usize
}

/// The picture in words.
fn description(timelines: &[Timeline]) -> String {
    let said: Vec<_> = timelines
        .iter()
        .map(|timeline| {
            format!(
                "{}: {timeline}.",
                timeline.short_text(most_characters(WIDTH))
            )
        })
        .collect();
    match timelines.iter().find_map(|timeline| timeline.done_at) {
        Some(done_at) => format!(
            "A task is done at {}. {}",
            duration_text(done_at),
            said.join(" ")
        ),
        None => said.join(" "),
    }
}

fn row(timeline: &Timeline, axis: &Axis, top: f64, width: f64) -> Group {
    let band = top + BAND;
    let x = |at| LEFT + axis.position(at) * (width - RIGHT - LEFT);
    let middle = band + BAND_HEIGHT / 2.0;
    let mut row = Group::new()
        .add(Title::new(format!("{}: {timeline}", timeline.text)))
        .add(
            text(
                timeline.short_text(most_characters(width)),
                LEFT,
                top + 14.0,
            )
            .set("class", "schedule"),
        )
        .add(text(timeline.to_string(), LEFT, top + 34.0));
    let made = timeline.made();
    if made.len() > MANY {
        row = row.set("class", "many");
    }
    if let (Some(done_at), Some(noticed_at)) = (timeline.done_at, timeline.noticed_at()) {
        row = row.add(stripe(x(done_at), x(noticed_at), band, BAND_HEIGHT).set("class", "late"));
    }
    if timeline.is_spread() {
        row = row.add(spread(timeline, x, band));
    }
    let last = made.last().map_or(Duration::ZERO, |call| call.at);
    row = row.add(line((LEFT, middle), (x(last), middle)).set("class", "wait"));
    for check in &made[1..] {
        row = row.add(upright(x(check.at), band, BAND_HEIGHT).set("class", "check"));
    }
    row = row.add(upright(LEFT, band - 3.0, BAND_HEIGHT + 6.0).set("class", "start"));
    if let Some(done_at) = timeline.done_at {
        row = row.add(upright(x(done_at), band - 5.0, BAND_HEIGHT + 10.0).set("class", "done"));
    }
    if let Some(noticed_at) = timeline.noticed_at() {
        row = row.add(dot(x(noticed_at), middle));
    }
    row
}

/// Where jitter may put each check. One opacity for all: where they overlap they are no darker.
fn spread(timeline: &Timeline, x: impl Fn(Duration) -> f64, band: f64) -> Group {
    let mut spread = Group::new().set("class", "spread");
    for call in &timeline.calls[1..] {
        let (left, right) = (x(call.earliest), x(call.latest));
        let stripe = stripe(left, right, band + 4.0, BAND_HEIGHT - 8.0);
        spread = spread.add(stripe.set("class", "jitter"));
    }
    spread
}

fn scale(axis: &Axis, top: f64, width: f64) -> Group {
    let right = width - RIGHT;
    let mut scale = Group::new().add(line((LEFT, top), (right, top)).set("class", "axis"));
    for (at, label) in axis.marks() {
        let x = LEFT + axis.position(at) * (right - LEFT);
        scale = scale.add(upright(x, top, 6.0).set("class", "axis")).add(
            text(label, x, top + 22.0)
                .set("class", "small")
                .set("text-anchor", "middle"),
        );
    }
    scale
}

/// What the lines mean: those that are there. Also how many lines of text it takes besides the first.
fn legend(timelines: &[Timeline], width: f64) -> (Group, f64) {
    let (mut x, mut lines) = (LEFT, 0.0);
    let mut entry = |node: Box<dyn Node>, meaning: &str| {
        let meaning = shorten(meaning, 28);
        let text_width = SMALL_CHARACTER * meaning.chars().count() as f64;
        if x + 12.0 + text_width > width {
            x = LEFT;
            lines += 1.0;
        }
        let y = 16.0 + LEGEND_LINE * lines;
        let entry = Group::new()
            .set("transform", format!("translate({} {})", px(x), px(y)))
            .add(node)
            .add(text(meaning, 12.0, 12.0).set("class", "small"));
        // About what the swatch takes, and each character of this size.
        x += 32.0 + text_width;
        entry
    };
    let swatch = |class: &str| upright(0.0, 0.0, LEGEND_HEIGHT).set("class", class).into();
    let area = |class: &str| stripe(-6.0, 6.0, 0.0, LEGEND_HEIGHT).set("class", class);
    let mut legend = Group::new()
        .add(entry(swatch("start"), "the start"))
        .add(entry(swatch("check"), "a call"));
    if let Some(done_at) = timelines.iter().find_map(|timeline| timeline.done_at) {
        let meaning = format!("done at {}", duration_text(done_at));
        legend = legend.add(entry(swatch("done"), &meaning));
    }
    if timelines.iter().any(|timeline| timeline.noticed.is_some()) {
        legend = legend
            .add(entry(dot(0.0, LEGEND_HEIGHT / 2.0).into(), "noticed"))
            .add(entry(area("late").into(), "late"));
    }
    if timelines.iter().any(Timeline::is_spread) {
        let spread = Group::new().set("class", "spread").add(area("jitter"));
        legend = legend.add(entry(spread.into(), "where jitter may put a call"));
    }
    (legend, lines)
}

fn text(content: String, x: f64, y: f64) -> Text {
    Text::new(content).set("x", px(x)).set("y", px(y))
}

fn upright(x: f64, top: f64, height: f64) -> Line {
    line((x, top), (x, top + height))
}

fn line((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Line {
    Line::new()
        .set("x1", px(x1))
        .set("y1", px(y1))
        .set("x2", px(x2))
        .set("y2", px(y2))
}

fn stripe(left: f64, right: f64, top: f64, height: f64) -> Rectangle {
    Rectangle::new()
        .set("x", px(left))
        .set("y", px(top))
        .set("width", px(right - left))
        .set("height", px(height))
}

fn dot(x: f64, y: f64) -> Circle {
    Circle::new()
        .set("class", "noticed")
        .set("cx", px(x))
        .set("cy", px(y))
        .set("r", 6)
}

/// A hundredth is finer than any screen.
fn px(length: f64) -> String {
    let digits = format!("{length:.2}");
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}
