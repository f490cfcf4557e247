//! `cargo retry plot`, as the command that it is.

mod support;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::Path;
use support::{command, ended, folder, skip, well};

const SCHEDULES: [&str; 3] = ["plot", "90s, 3m, 20m, 0", "exponential(1s, retries = 4)"];

#[test]
fn the_picture_is_written_where_it_is_told_and_nothing_anywhere_else() {
    let folder = folder("told");
    let files = || {
        let mut names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let drawn = well(ended(command(&SCHEDULES).current_dir(&folder)));
    assert_eq!(files(), [""; 0]);
    let written = well(ended(
        command(&SCHEDULES)
            .args(["--out", "here.svg"])
            .current_dir(&folder),
    ));
    assert_eq!(files(), ["here.svg"]);
    assert_eq!(written, drawn);
    let picture = fs::read_to_string(folder.join("here.svg")).unwrap();
    assert!(picture.starts_with("<svg "), "{picture}");
}

#[test]
fn every_label_of_an_axis_has_the_same_unit() {
    let drawn = well(ended(&mut command(&SCHEDULES)));
    assert!(
        drawn.contains("\n0              5m              10m            15m            20m\n"),
        "{drawn}"
    );
    let picture = folder("unit").join("unit.svg");
    let out = picture.to_str().unwrap();
    well(ended(command(&SCHEDULES).args(["--out", out])));
    let picture = fs::read_to_string(&picture).unwrap();
    let (_, labels) = picture.rsplit_once("class=\"axis\" x1=\"32\"").unwrap();
    let labels: Vec<_> = labels
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let units = labels
        .iter()
        .map(|label| label.trim_matches(|c: char| c.is_ascii_digit()));
    let units: BTreeSet<_> = units.filter(|unit| !unit.is_empty()).collect();
    assert!(labels.len() > 4, "{picture}");
    assert_eq!(units, BTreeSet::from(["m"]), "{labels:?}");
}

#[test]
fn a_drawing_fits_a_narrow_terminal() {
    for columns in [24, 40, 60, 80] {
        let drawn = well(ended(
            command(&SCHEDULES).env("COLUMNS", columns.to_string()),
        ));
        let widest = drawn.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(columns), "{columns}: {drawn}");
        // The axis is as wide as that.
        let axis = drawn.lines().find(|line| line.starts_with('└')).unwrap();
        assert_eq!(axis.chars().count(), columns, "{drawn}");
    }
}

#[test]
fn what_cannot_be_written_is_one_clear_line_and_ends_with_2() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return skip("no /dev/full");
    }
    for args in [&SCHEDULES[..], &["simulate", "1s, 0", "--clients", "5"]] {
        let full = OpenOptions::new().write(true).open(full).unwrap();
        let output = command(args).stdout(full).output().unwrap();
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(line.starts_with("cargo retry: cannot write: "), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}
