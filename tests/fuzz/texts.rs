//! Random texts for everything that reads one: schedules, jitter, control values, the header `Retry-After`.
//!
//! `fuzz [SECONDS [SEED]]`: each target runs that long, 10 seconds unless given. A text is made by changing texts that are known, and
//! one whose outcome has not been seen so far is kept, to be changed in its turn: so the texts get past the first check that
//! refuses them. It runs on stable Rust. What fails is printed with its seed, and the process ends with 1.

use retry_core::{Jitter, Schedule, control, retry_after_header};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

struct Target {
    name: &'static str,
    seeds: &'static [&'static str],
    /// Parts that are put in.
    parts: &'static [&'static str],
    /// Fails if a property does not hold. The outcome, as roughly as it may matter.
    run: fn(&str) -> String,
}

const OF_SCHEDULES: &[&str] = &[
    "1s",
    "0",
    ", ",
    ",",
    "..",
    "ns",
    "us",
    "ms",
    "s",
    "m",
    "h",
    "d",
    "1.5",
    "_",
    "-",
    "+",
    "e3",
    "nan",
    "inf",
    "1_000",
    "999999999999999999999",
    "18446744073709551615",
    "0.000000001",
    "exponential(",
    "linear(",
    "constant(",
    "fibonacci(",
    "inverse(",
    ")",
    "attempts = ",
    "retries = ",
    "factor = ",
    "max = ",
    "min = ",
    "step = ",
    "within = ",
    "1000",
    "1001",
    "\u{0661}",
    "\u{a0}",
    "\t",
    "\n",
    "\u{202e}",
    "\u{1b}",
    "ß",
    "😀",
];

const TARGETS: &[Target] = &[
    Target {
        name: "schedule",
        seeds: &[
            "0",
            "1s, 2s, 4s, 0",
            "100ms, 1.5s, 2m, 3h, 1d, 5ns, 7us, 0",
            "1s, 2s, ..",
            "constant(1s, attempts = 3)",
            "linear(1s, step = 2s, max = 10s, retries = 7)",
            "exponential(1s, factor = 1.5, max = 60s, attempts = 10)",
            "exponential(1s, max = 60s, ..)",
            "fibonacci(1s, max = 30s, attempts = 8)",
            "inverse(7s, factor = 0.5, min = 1s, retries = 6)",
            "inverse(7s, min = 1s, within = 5m)",
        ],
        parts: OF_SCHEDULES,
        run: schedule,
    },
    Target {
        name: "jitter",
        seeds: &["0", "1", "0.2", "full", "equal", "0.123456789"],
        parts: &[
            "0",
            "1",
            ".",
            "full",
            "equal",
            "_",
            "-",
            "+",
            "e",
            "nan",
            "inf",
            "%",
            " ",
            "9999999999",
            "\u{0661}",
            "\n",
            "\u{202e}",
            "ß",
        ],
        run: jitter,
    },
    Target {
        name: "control",
        seeds: &[
            "app::create=1s, 2s, 0",
            "<app::A as app::B>::c=0",
            "app::f:12:3=1s, ..",
            "a_b::c__d=exponential(1s, attempts = 3)",
            "=0",
        ],
        parts: &[
            "::", "_", "__", "___", "as", " as ", "<", ">", ">::", "{", ":", "=", "a", "A", "9",
            "1s", ", 0", "..", "\u{e4}", "\u{1b}", "\n", "\0",
        ],
        run: controlled,
    },
    Target {
        name: "retry-after",
        seeds: &[
            "120",
            "0.503",
            "Sun, 06 Nov 1994 08:49:47 GMT",
            "Sunday, 06-Nov-94 08:49:47 GMT",
            "Sun Nov  6 08:49:47 1994",
            "sun, 30 jun 2015 23:59:60 gmt",
            "120, 60",
        ],
        parts: &[
            "0",
            "1",
            "9",
            ".",
            ",",
            " ",
            "\t",
            ":",
            "-",
            "GMT",
            "UTC",
            "+0000",
            "Sun",
            "Feb",
            "29",
            "31",
            "1600",
            "9999",
            "23:59:60",
            "23:59:59",
            "18446744073709551616",
            "\u{0661}",
            "\u{a0}",
            "\r\n",
            "ß",
        ],
        run: header,
    },
];

/// The text of an error, without what was written: its kind.
fn kind(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    assert!(
        !text.is_empty() && text.len() < 8_192,
        "{} bytes",
        text.len()
    );
    let unwanted = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(unwanted), "{text:?}");
    let (mut kind, mut is_quoted, mut is_escaped) = (String::new(), false, false);
    for c in text.chars() {
        match c {
            '`' if !is_escaped => is_quoted = !is_quoted,
            _ if is_quoted || c.is_ascii_digit() => {}
            _ => kind.push(c),
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    kind
}

fn schedule(text: &str) -> String {
    let schedule = match text.parse::<Schedule>() {
        Ok(schedule) => schedule,
        Err(error) => return kind(&error),
    };
    assert!(text.len() <= 4_096);
    let waits = schedule.waits();
    assert!(waits.iter().all(|wait| !wait.is_zero()));
    if schedule.is_open() {
        assert_eq!(
            (schedule.attempts(), schedule.total()),
            (usize::MAX, Duration::MAX)
        );
    } else {
        assert_eq!(schedule.attempts(), waits.len() + 1);
        assert_eq!(schedule.backoff(waits.len()), Duration::ZERO);
    }
    let max = schedule.max().unwrap_or(Duration::MAX);
    assert!(waits.iter().all(|wait| *wait <= max));
    for jitter in [
        Jitter::none(),
        Jitter::default(),
        Jitter::full(),
        Jitter::equal(),
    ] {
        let worst = schedule.worst_case(&jitter);
        assert!(worst <= schedule.worst_case_with_hints(&jitter, Duration::from_secs(30)));
        assert!(schedule.jittered(jitter).take(10).all(|wait| wait <= max));
    }
    // What is written is read back, as the same.
    let written = schedule.to_string();
    assert_eq!(written.parse().as_ref(), Ok(&schedule), "{written}");
    let list = format!("{schedule:#}");
    if list.len() <= 4_096 {
        assert_eq!(list.parse::<Schedule>().unwrap().waits(), waits, "{list}");
    }
    let name: String = written
        .chars()
        .take_while(|c| c.is_ascii_alphabetic())
        .collect();
    format!("{name} {} {}", waits.len().min(20), schedule.is_open())
}

fn jitter(text: &str) -> String {
    let jitter = match text.parse::<Jitter>() {
        Ok(jitter) => jitter,
        Err(error) => return kind(&error),
    };
    for wait in [0, 1, 999_999_999, 1 << 40, u64::MAX]
        .map(Duration::from_nanos)
        .into_iter()
        .chain([Duration::MAX])
    {
        let (shortest, longest) = jitter.bounds(wait);
        assert!(shortest <= wait && wait <= longest);
        for position in [0, 1, u64::MAX / 3, u64::MAX] {
            let drawn = jitter.at(wait, position);
            assert!(shortest <= drawn && drawn <= longest);
            assert!(jitter.after_hint(wait, position) >= wait);
        }
    }
    let written = jitter.to_string();
    assert_eq!(written.parse(), Ok(jitter), "{written}");
    format!("{} {}", written.len(), text.len().min(12))
}

fn controlled(text: &str) -> String {
    let (name, value) = text.split_once('=').unwrap_or((text, "0"));
    let variable = control::variable(name);
    assert!(variable.starts_with("RETRY_"));
    assert!(
        variable
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_'),
        "{variable}"
    );
    // A name that differs by one character has another variable.
    for other in [
        format!("{name}_"),
        format!("{name}:"),
        format!("_{name}"),
        name.replace("::", "_"),
        name.replace('_', "::"),
        name.replacen('a', "A", 1),
    ] {
        assert_eq!(
            control::variable(&other) == variable,
            other == name,
            "{name} and {other}"
        );
    }
    let set = control::set(name, value);
    assert_eq!(set.is_ok(), value.parse::<Schedule>().is_ok());
    assert_eq!(
        control::pending().iter().any(|pending| pending == name),
        set.is_ok()
    );
    control::reset(name);
    let shape = squeezed(&variable.replace(|c| c != '_', "a"));
    match set {
        Ok(setting) => format!("{setting:?} {}", shape.split_at(shape.len().min(30)).0),
        Err(error) => kind(&error),
    }
}

fn header(text: &str) -> String {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let hint = retry_after_header(text, now);
    assert_eq!(retry_after_header(&format!(" \t{text} "), now), hint);
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits {
        let seconds = text.parse().map_or(Duration::MAX, Duration::from_secs);
        assert_eq!(hint, Some(seconds));
    }
    if text.contains([',', ' '])
        && text.bytes().all(|byte| !byte.is_ascii_alphabetic())
        && !text
            .trim_matches([' ', '\t'])
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        assert_eq!(hint, None);
    }
    let letters = squeezed(&text.replace(|c: char| c.is_ascii_digit(), "0"));
    match hint {
        Some(_) => letters,
        None => format!("none {}", letters.len().min(40)),
    }
}

/// Without repeated characters.
fn squeezed(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// Numbers that are random enough, and the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

fn changed(random: &mut Random, known: &[String], parts: &[&str]) -> String {
    let mut text: Vec<char> = random.of(known).chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(text.len() + 1);
        let end = (at + random.below(8)).min(text.len());
        match random.below(7) {
            0 => drop(text.drain(at..end)),
            1 => drop(text.splice(at..at, random.of(parts).chars())),
            2 => drop(text.splice(at..end, random.of(parts).chars())),
            3 => drop(text.splice(at..end, random.of(known).chars().skip(at))),
            4 => {
                let again: Vec<char> = text[at..end].to_vec();
                drop(text.splice(at..at, again.repeat(1 + random.below(40))));
            }
            5 => {
                if let Some(c) = text.get_mut(at) {
                    *c = char::from(random.below(128) as u8);
                }
            }
            _ => {
                if let Some(c) = text.get_mut(at) {
                    *c = char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}');
                }
            }
        }
    }
    text.truncate(6_000);
    text.into_iter().collect()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise| {
        arguments
            .next()
            .map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let (seconds, seed) = (number(10), number(0x9e37_79b9_7f4a_7c15));
    for Target {
        name,
        seeds,
        parts,
        run,
    } in TARGETS
    {
        let mut random = Random(seed.max(1));
        let mut known: Vec<String> = seeds.iter().map(|seed| (*seed).to_owned()).collect();
        let mut outcomes = HashSet::new();
        let mut texts = 0_u64;
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end {
            for _ in 0..100 {
                let text = changed(&mut random, &known, parts);
                texts += 1;
                let Ok(outcome) = catch_unwind(AssertUnwindSafe(|| run(&text))) else {
                    eprintln!("{name}: failed on text {texts} of seed {seed}: {text:?}");
                    return ExitCode::FAILURE;
                };
                let mut hasher = DefaultHasher::new();
                outcome.hash(&mut hasher);
                if outcomes.insert(hasher.finish()) && known.len() < 20_000 {
                    known.push(text);
                }
            }
        }
        println!("{name}: {texts} texts, {} kinds of outcome", outcomes.len());
    }
    ExitCode::SUCCESS
}
