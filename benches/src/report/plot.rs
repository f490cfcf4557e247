//! The figure: a panel of bars for each of the main numbers.

use super::table::grouped;
use std::path::Path;
use svg::Document;
use svg::node::element::{Group, Rectangle, Style, Text, Title};

/// A table, its column, what the panel is called, and the decimals of its numbers.
const PANELS: [(&str, usize, &str, usize); 8] = [
    ("instructions", 1, "Instructions: async call, success", 0),
    (
        "instructions",
        3,
        "Instructions: async, 4 failures, no jitter",
        0,
    ),
    (
        "nanoseconds",
        5,
        "Nanoseconds: async, 4 failures, jitter, no waits",
        0,
    ),
    ("futures", 0, "Bytes of a future, trivial body", 0),
    ("tasks", 2, "Heap bytes of each of 1,000,000 tasks", 0),
    ("build", 1, "Processor seconds of a cold build", 1),
    ("sites", 1, "Bytes of code of an async function", 0),
    (
        "sites",
        2,
        "Millions of instructions to check a sync function",
        2,
    ),
];

const COLUMNS: usize = 2;
const PANEL: f64 = 450.0;
const LABEL: f64 = 165.0;
const BAR: f64 = 200.0;
const LINE: f64 = 20.0;
const HEAD: f64 = 40.0;
const GAP: f64 = 18.0;

const STYLE: &str = "
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.bar { fill: #8c959f; }
.ours { fill: #0969da; }
text.ours { fill: #0969da; font-weight: 600; }
.paper { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .bar { fill: #6e7681; }
  .ours, text.ours { fill: #58a6ff; }
  .paper { fill: #0d1117; }
}
";

/// What a bar stands for, and its length.
pub type Bar = (String, f64);

struct Panel {
    title: &'static str,
    decimals: usize,
    bars: Vec<Bar>,
}

/// Draws the panels, of which each asks for its bars by a table and a column.
pub fn draw(bars: impl Fn(&str, usize) -> Vec<Bar>, path: &Path) {
    let panels = PANELS.map(|(table, column, title, decimals)| Panel {
        title,
        decimals,
        bars: bars(table, column),
    });
    let mut document = Document::new()
        .add(Title::new(
            "What retries cost: this crate, a loop by hand, and other crates",
        ))
        .add(Style::new(STYLE));
    let mut figure = Group::new();
    let mut top = GAP;
    for row in panels.chunks(COLUMNS) {
        let mut left = 0.0;
        for panel in row {
            figure = figure.add(panel.draw(left, top));
            left += PANEL;
        }
        let most = row.iter().map(|panel| panel.bars.len()).max();
        top += HEAD + LINE * count(most.unwrap_or(0)) + GAP;
    }
    let width = PANEL * count(COLUMNS);
    let paper = Rectangle::new()
        .set("class", "paper")
        .set("width", "100%")
        .set("height", "100%");
    document = document
        .set("viewBox", (0, 0, width, top))
        .set("width", width)
        .set("height", top)
        .set("role", "img")
        .add(paper)
        .add(figure);
    svg::save(path, &document).expect("the figure can be written");
}

impl Panel {
    /// From the least down, so that the eye finds the order.
    fn draw(&self, left: f64, top: f64) -> Group {
        let mut bars = self.bars.clone();
        bars.sort_by(|a, b| a.1.total_cmp(&b.1));
        let most = bars.last().map_or(1.0, |(_, value)| value.max(1e-9));
        let mut group = Group::new().set("transform", format!("translate({left} {top})"));
        group = group.add(
            Text::new(self.title)
                .set("class", "title")
                .set("x", GAP)
                .set("y", 16),
        );
        for (index, (name, value)) in bars.iter().enumerate() {
            let y = HEAD - 8.0 + LINE * count(index);
            let class = if name == "this crate" { "ours" } else { "" };
            let length = (value.max(0.0) / most * BAR).max(1.0);
            group = group
                .add(
                    Text::new(name.as_str())
                        .set("class", class)
                        .set("x", LABEL)
                        .set("y", y + 11.0)
                        .set("text-anchor", "end"),
                )
                .add(
                    Rectangle::new()
                        .set("class", format!("bar {class}"))
                        .set("x", LABEL + 8.0)
                        .set("y", y)
                        .set("width", format!("{length:.1}"))
                        .set("height", LINE - 6.0)
                        .set("rx", 2),
                )
                .add(
                    Text::new(grouped(*value, self.decimals))
                        .set("class", class)
                        .set("x", format!("{:.1}", LABEL + 14.0 + length))
                        .set("y", y + 11.0),
                );
        }
        group
    }
}

#[allow(clippy::cast_precision_loss, reason = "there are few")]
fn count(count: usize) -> f64 {
    count as f64
}
