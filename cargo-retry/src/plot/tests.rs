//! When each call is made, and what is drawn of it. `UPDATE_EXPECT=1` writes `tests/plot/` anew.

use super::axis::Axis;
use super::picture;
use super::terminal::{self, Drawing};
use super::timeline::Timeline;
use crate::args::{Cli, Command};
use crate::error::Error;
use clap::Parser as _;
use expect_test::expect_file;
use proptest::prelude::*;
use retry_schedule::{Jitter, Schedule, parse_duration};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use svg::node::element::tag::Type;
use svg::parser::Event;

const CLAIM: [&str; 4] = [
    "exponential(1s, retries = 4)",
    "inverse(7s, factor = 0.5, min = 1s, retries = 6)",
    "--done-at",
    "10s",
];

#[test]
fn the_documented_command_shows_fifteen_seconds_and_four_retries_against_ten_and_a_half_and_two() {
    let (drawing, picture) = run(&CLAIM).unwrap();
    for said in [
        "noticed at 15s, 5s late: 4 retries, 5 calls",
        "noticed at 10.5s, 500ms late: 2 retries, 3 calls",
    ] {
        assert!(drawing.lines().any(|line| line == said), "{drawing}");
        assert!(picture.contains(said), "{picture}");
    }
    expect_file!["../../tests/plot/claim.txt"].assert_eq(&drawing);
    expect_file!["../../tests/plot/claim.svg"].assert_eq(&picture);
}

#[test]
fn a_first_wait_of_eight_seconds_makes_the_second_check_two_seconds_late() {
    let timeline = timeline(
        "inverse(8s, factor = 0.5, min = 1s, retries = 6)",
        "0",
        "10s",
    );
    assert_eq!(
        timeline.to_string(),
        "noticed at 12s, 2s late: 2 retries, 3 calls"
    );
}

#[test]
fn every_drawing_with_jitter_many_checks_and_a_task_that_is_never_noticed() {
    let (drawing, picture) = run(&[
        "inverse(3m, factor = 0.5, min = 15s, within = 5m)",
        "constant(2s, attempts = 1000)",
        "10s, 20s, 40s, 1m, 0",
        "--done-at",
        "280s",
        "--jitter",
        "0.2",
    ])
    .unwrap();
    expect_file!["../../tests/plot/everything.txt"].assert_eq(&drawing);
    expect_file!["../../tests/plot/everything.svg"].assert_eq(&picture);
}

#[test]
fn a_task_that_is_done_after_the_last_check_is_never_noticed() {
    let timeline = timeline("1s, 2s, 4s, 0", "0", "7001ms");
    assert_eq!(
        timeline.to_string(),
        "never noticed: 4 calls, the last at 7s"
    );
    assert_eq!(timeline.end(), Duration::from_millis(7_001));
}

#[test]
fn a_task_that_is_done_at_a_check_is_noticed_at_once() {
    assert_eq!(
        timeline("1s, 2s, 4s, 0", "0", "3s").to_string(),
        "noticed at 3s, at once: 2 retries, 3 calls"
    );
    assert_eq!(
        timeline("1s, 2s, 4s, 0", "0", "0").to_string(),
        "noticed at 0, at once: 0 retries, 1 call"
    );
    assert_eq!(
        timeline("1s, 2s, 4s, 0", "0", "1ns").to_string(),
        "noticed at 1s, 999.999999ms late: 1 retry, 2 calls"
    );
}

#[test]
fn without_a_task_every_call_is_made() {
    let (drawing, picture) = run(&["1s, 2s, 4s, 0", "0"]).unwrap();
    for said in ["4 calls, the last at 7s", "1 call, the last at 0"] {
        assert!(drawing.lines().any(|line| line == said), "{drawing}");
    }
    assert_eq!(checks(&picture), 3);
    for absent in ["done", "noticed", "late"] {
        assert!(!drawing.contains(absent), "{drawing}");
    }
}

#[test]
fn jitter_widens_each_check_by_that_of_all_waits_before_it() {
    let timeline = timeline("10s, 20s, 40s, 0", "0.2", "1h");
    let ranges: Vec<_> = timeline
        .calls
        .iter()
        .map(|call| [call.earliest, call.at, call.latest].map(|time| time.as_secs()))
        .collect();
    assert_eq!(ranges, [[0, 0, 0], [8, 10, 12], [24, 30, 36], [56, 70, 84]]);
}

#[test]
fn a_check_that_only_jitter_makes_necessary_is_shaded_but_neither_drawn_nor_counted() {
    let text = "inverse(7s, factor = 0.5, min = 1s, retries = 6)";
    let without = timeline(text, "0", "10s");
    assert_eq!((without.calls.len(), without.made().len()), (3, 3));
    // Two checks may fall before 10 s, and the third may at 9.8 s, and the fourth at 10.6 s.
    let with = timeline(text, "0.2", "10s");
    assert_eq!((with.calls.len(), with.made().len()), (5, 3));
    assert_eq!(with.to_string(), without.to_string());
    let picture = picture::draw(&[with], picture::WIDTH).to_string();
    assert_eq!(checks(&picture), 2);
    assert_eq!(count(&picture, "rect", "jitter"), 1 + 4);
}

#[test]
fn a_thousand_attempts_are_a_thousand_lines_inside_the_picture() {
    let (drawing, picture) = run(&["constant(1s, attempts = 1000)"]).unwrap();
    assert_eq!(checks(&picture), 999);
    assert_well_formed(&picture);
    assert!(
        drawing
            .lines()
            .all(|line| line.chars().count() <= terminal::COLUMNS)
    );
}

#[test]
fn the_picture_is_read_by_a_strict_parser() {
    let path = out("strict.svg");
    run_to(&CLAIM, &path).unwrap();
    let parse = "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])";
    let Ok(output) = Process::new("python3")
        .args(["-c", parse])
        .arg(&path)
        .output()
    else {
        assert!(
            std::env::var_os("NO_SKIPS").is_none(),
            "no python3 to parse XML with"
        );
        eprintln!("skipped: no python3 to parse XML with");
        return;
    };
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}

#[test]
fn whoever_cannot_see_the_picture_is_told_what_it_shows() {
    let (_, picture) = run(&CLAIM).unwrap();
    assert!(picture.contains("<title id=\"title\">Timelines of retry schedules</title>"));
    assert!(picture.contains(
        "A task is done at 10s. exponential(1s, retries = 4): noticed at 15s, 5s late: 4 retries, 5 calls. "
    ));
    assert!(picture.contains("aria-labelledby=\"title description\""));
}

#[test]
fn the_picture_is_dark_for_whoever_likes_it_so() {
    let (_, picture) = run(&CLAIM).unwrap();
    let (light, dark) = picture
        .split_once("@media (prefers-color-scheme: dark) {")
        .unwrap();
    for class in [
        "background",
        "small",
        "start",
        "check",
        "noticed",
        "done",
        "late",
        "jitter",
    ] {
        let rule = format!("\n.{class} {{");
        assert!(light.contains(&rule) && dark.contains(&rule), "{class}");
    }
}

#[test]
fn a_schedule_over_many_lines_or_too_long_for_one_is_one_line() {
    let (drawing, picture) = run(&["1s,\u{b}2s,\n\t3s, 0"]).unwrap();
    assert!(drawing.starts_with("1s, 2s, 3s, 0\n"), "{drawing}");
    assert!(!picture.contains('\u{b}'));
    let long = format!("{}0", "1s, ".repeat(500));
    let (drawing, picture) = run(&[&long]).unwrap();
    let first = drawing.lines().next().unwrap();
    assert_eq!(first.chars().count(), terminal::COLUMNS);
    assert!(first.ends_with('…'));
    assert_eq!(checks(&picture), 500);
}

#[test]
fn marks_are_easy_to_count_in_and_their_labels_never_meet() {
    let marks = |end: &str, columns| {
        let axis = Axis::new(parse_duration(end).unwrap(), columns);
        let labels: Vec<_> = axis.marks().map(|(_, label)| label).collect();
        labels.join(" ")
    };
    assert_eq!(marks("15s", 76), "0 2s 4s 6s 8s 10s 12s 14s");
    assert_eq!(
        marks("299s", 76),
        "0 30s 60s 90s 120s 150s 180s 210s 240s 270s"
    );
    assert_eq!(marks("299s", 30), "0 1m 2m 3m 4m");
    assert_eq!(marks("1.5s", 76), "0 0.2s 0.4s 0.6s 0.8s 1s 1.2s 1.4s");
    assert_eq!(marks("36h", 48), "0 6h 12h 18h 24h 30h 36h");
    assert_eq!(marks("1ns", 76), "0 1ns");
    assert_eq!(marks("0", 48), "0 0.2s 0.4s 0.6s 0.8s 1s");
    assert_eq!(
        marks("213503982334601d", 76),
        "0 100000000000000d 200000000000000d"
    );
}

#[test]
fn what_cannot_be_read_is_said_in_one_line_that_says_what_to_change() {
    for (args, line) in [
        (
            &["exponental(1s, retries = 4)"][..],
            "cannot read the schedule `exponental(1s, retries = 4)`: there is no shape `exponental`: did you mean `exponential`",
        ),
        (&["1s, 0", "1s, 2s"], "cannot read the schedule `1s, 2s`: "),
        (
            &["inverse(8s, retries = 6)"],
            "cannot read the schedule `inverse(8s, retries = 6)`: ",
        ),
        (
            &["0", "--done-at", "10"],
            "cannot read --done-at: `10` has no unit: write `10s`",
        ),
        (
            &["0", "--done-at", "-5s"],
            "cannot read --done-at: `-5s` is negative",
        ),
        (
            &["0", "--jitter", "2"],
            "cannot use the jitter 2: a jitter of 2 is out of range",
        ),
        (
            &["0", "--jitter", "NaN"],
            "cannot use the jitter NaN: a jitter of NaN is out of range",
        ),
        (
            &["0", "--jitter", "-0.1"],
            "cannot use the jitter -0.1: a jitter of -0.1 is out of range",
        ),
        (
            &["0", "--jitter", "some"],
            "cannot use the jitter some: write a number from 0 to 1, `full` or `equal`",
        ),
    ] {
        let error = run(args).unwrap_err().one_line();
        assert!(error.starts_with(line), "{error}");
    }
}

#[test]
fn a_picture_that_cannot_be_written_is_an_error() {
    let path = out("no-such-directory").join("plot.svg");
    let error = run_to(&["1s, 0"], &path).unwrap_err();
    let line = error.one_line();
    let start = format!("cannot write {}: ", path.display());
    assert!(line.starts_with(&start), "{line}");
}

#[test]
fn an_open_list_goes_on() {
    let (drawing, _) = run(&["1s, 2s, .."]).unwrap();
    assert!(
        drawing.contains("calls without end, number 8 at 13s"),
        "{drawing}"
    );
    let late = timeline("1s, 2s, ..", "0", "60s");
    assert_eq!(
        late.to_string(),
        "noticed at 61s, 1s late: 31 retries, 32 calls"
    );
}

#[test]
fn a_list_may_stand_in_its_brackets() {
    assert_eq!(
        run(&["[1s, 2s, 0]"]).unwrap().0.lines().nth(1),
        run(&["1s, 2s, 0"]).unwrap().0.lines().nth(1)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_first_call_from_then_on_notices_and_everything_has_its_place(
        waits in prop::collection::vec(1_u64..=u64::MAX, 0..30),
        shift in 0_u32..60,
        done_at in prop::option::of(any::<u64>()),
        jitter in 0.0..=1.0,
    ) {
        let done_at = done_at.map(|nanos| Duration::from_nanos(nanos >> shift));
        let waits = waits.into_iter().map(|nanos| Duration::from_nanos((nanos >> shift).max(1)));
        let list: Vec<_> = waits.chain([Duration::ZERO]).collect();
        let schedule = Schedule::try_from(list).unwrap();
        let jitter = Jitter::proportional(jitter).unwrap();
        let timeline = Timeline::new("list", &schedule, jitter, done_at);

        let mut at = Duration::ZERO;
        let mut calls = vec![at];
        for wait in schedule.waits() {
            at += *wait;
            calls.push(at);
        }
        let noticed = done_at.and_then(|done_at| calls.iter().copied().find(|at| *at >= done_at));
        prop_assert_eq!(timeline.noticed_at(), noticed);
        let made: Vec<_> = timeline.made().iter().map(|call| call.at).collect();
        let expected = calls.iter().copied().filter(|at| noticed.is_none_or(|noticed| *at <= noticed));
        prop_assert_eq!(&made, &expected.collect::<Vec<_>>());

        let timelines = [timeline];
        for columns in [20, 33, 76, 120] {
            let drawing = Drawing::new(&timelines, Some(columns)).to_string();
            for line in drawing.lines() {
                // An exact time may be long, and is a word.
                let is_exact = line.starts_with("done at ") || !line.contains(' ');
                prop_assert!(is_exact || line.chars().count() <= columns.into(), "{columns}: {line}");
            }
            let axis = Axis::new(timelines[0].end(), columns.into());
            let units: BTreeSet<String> = axis
                .marks()
                .map(|(_, label)| label.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned())
                .filter(|unit| !unit.is_empty())
                .collect();
            prop_assert!(units.len() <= 1, "{units:?}");
        }
        for width in [280.0, 356.0, picture::WIDTH] {
            let picture = picture::draw(&timelines, width).to_string();
            assert_well_formed(&picture);
            prop_assert_eq!(checks(&picture), made.len() - 1);
        }
    }
}

fn timeline(text: &str, jitter: &str, done_at: &str) -> Timeline {
    let schedule: Schedule = text.parse().unwrap();
    let jitter = Jitter::proportional(jitter.parse().unwrap()).unwrap();
    let done_at = parse_duration(done_at).unwrap();
    Timeline::new(text, &schedule, jitter, Some(done_at))
}

/// What the command draws, and the picture that it writes.
fn run(args: &[&str]) -> Result<(String, String), Error> {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let path = out(&format!(
        "plot-{}.svg",
        RUNS.fetch_add(1, Ordering::Relaxed)
    ));
    let drawing = run_to(args, &path)?;
    Ok((drawing, fs::read_to_string(path).unwrap()))
}

fn run_to(args: &[&str], path: &Path) -> Result<String, Error> {
    let path = path.to_str().unwrap();
    let args = ["cargo retry", "plot", "--out", path]
        .into_iter()
        .chain(args.iter().copied());
    match Cli::try_parse_from(args).unwrap().command {
        Some(Command::Plot(args)) => super::draw(&args, None),
        command => panic!("{command:?}"),
    }
}

fn out(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("cargo-retry-{}-{name}", std::process::id()))
}

/// The checks that are drawn, without the one of the legend.
fn checks(picture: &str) -> usize {
    count(picture, "line", "check") - 1
}

fn count(picture: &str, element: &str, class: &str) -> usize {
    svg::read(picture)
        .unwrap()
        .filter(|event| {
            matches!(event, Event::Tag(name, kind, attributes)
                if *name == element
                    && !matches!(kind, Type::End)
                    && attributes.get("class").is_some_and(|value| **value == *class))
        })
        .count()
}

/// What is opened is closed, and nothing lies outside.
fn assert_well_formed(picture: &str) {
    let mut open = Vec::new();
    let (mut width, mut height) = (f64::NAN, f64::NAN);
    for event in svg::read(picture).unwrap() {
        let attributes = match event {
            Event::Error(error) => panic!("{error}"),
            Event::Tag(name, Type::End, _) => {
                assert_eq!(open.pop(), Some(name));
                continue;
            }
            Event::Tag(name, Type::Start, attributes) => {
                open.push(name);
                attributes
            }
            Event::Tag(_, Type::Empty, attributes) => attributes,
            _ => continue,
        };
        let number = |name| Some(attributes.get(name)?.parse::<f64>().unwrap());
        if open == ["svg"] {
            width = number("width").unwrap_or(width);
            height = number("height").unwrap_or(height);
        }
        for x in ["x", "x1", "x2", "cx"].into_iter().filter_map(number) {
            assert!((-10.0..=width).contains(&x), "{x}");
        }
        // The legend's entries are put in their places.
        let place = attributes.get("transform");
        let x = place.map(|place| place["translate(".len()..].split(' ').next().unwrap());
        if let Some(x) = x {
            assert!((0.0..=width - 36.0).contains(&x.parse().unwrap()), "{x}");
        }
        for y in ["y", "y1", "y2", "cy"].into_iter().filter_map(number) {
            assert!((-10.0..=height).contains(&y), "{y}");
        }
        for width in ["width", "height"].into_iter().filter_map(number) {
            assert!(width >= 0.0, "{width}");
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    assert!(height.is_finite());
}
