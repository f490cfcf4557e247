//! The example `do_the_thing`: what its flag does, how the flag is read from a file, and what the command shows.

#[path = "../examples/do_the_thing.rs"]
#[allow(dead_code, reason = "its `main` is run as a command")]
mod do_the_thing;
#[path = "support/process.rs"]
mod process;

use do_the_thing::common::Speed;
use do_the_thing::flags::{Flags, FlagsError};
use do_the_thing::{Ledger, Legacy, LegacyError, SCHEDULE, api, flags};
use notify::event::{AccessKind, CreateKind, EventKind, Flag, ModifyKind, RemoveKind};
use process::{Examples, LIMIT, Process, folder};
use retry_core::{Jitter, testing};
use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

const NAME: &str = "do_the_thing";
static EXAMPLES: Examples = Examples::new(&[NAME]);

const ON: &str = "backoff = on\n";
const OFF: &str = "backoff = off\n";

#[test]
fn while_the_flag_is_off_the_first_error_returns_as_it_is() {
    let waits = testing::skip_waits();
    let legacy = legacy(1, OFF);
    let error = legacy.do_the_thing(1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    let error = book(&legacy, "3 x 2").unwrap_err();
    assert_eq!(kind(&error), Some(ErrorKind::UnexpectedEof));
    assert_eq!(waits.waits(), []);
}

#[test]
fn while_the_flag_is_on_seven_failures_are_waited_out() {
    let waits = testing::skip_waits();
    let legacy = legacy(7, ON);
    assert_eq!(legacy.do_the_thing(1).unwrap(), "101");
    assert_eq!(waits.waits().len(), 7);
    assert_eq!(book(&legacy, "3 x 2").unwrap(), 3 * 102);
    assert_eq!(waits.waits().len(), 14);
}

#[test]
fn an_eighth_failure_is_the_callers() {
    let waits = testing::skip_waits();
    let legacy = legacy(8, ON);
    let error = legacy.do_the_thing(1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    let error = book(&legacy, "3 x 2").unwrap_err();
    assert_eq!(kind(&error), Some(ErrorKind::UnexpectedEof));
    assert_eq!(waits.waits().len(), 14);
}

#[test]
fn the_flag_is_switched_between_two_calls() {
    let waits = testing::skip_waits();
    let folder = folder("between_two_calls");
    let file = folder.join("flags.txt");
    let legacy = legacy(3, OFF);
    for (id, text, retries) in [(1, OFF, 0), (2, ON, 3), (3, OFF, 0), (4, ON, 3)] {
        fs::write(&file, text).unwrap();
        legacy.flags.load(&file).unwrap();
        let before = waits.waits().len();
        assert_eq!(legacy.do_the_thing(id).is_ok(), retries > 0);
        assert_eq!(waits.waits().len() - before, retries);
        let before = waits.waits().len();
        assert_eq!(
            book(&legacy, &format!("3 x {}", id + 10)).is_ok(),
            retries > 0
        );
        assert_eq!(waits.waits().len() - before, retries);
    }
}

#[test]
fn a_call_under_way_keeps_the_value_that_it_read() {
    let waits = testing::skip_waits();
    let folder = folder("under_way");
    let file = folder.join("flags.txt");
    for (before, during, retries) in [(ON, OFF, 7), (OFF, ON, 0)] {
        let flags = flags(before);
        fs::write(&file, during).unwrap();
        let legacy = Legacy {
            api: switching_api(Arc::clone(&flags), file.clone()),
            flags,
            log: |_| (),
            speed: Speed::REAL_TIME,
        };
        let so_far = waits.waits().len();
        legacy.do_the_thing(1).unwrap_err();
        assert_eq!(waits.waits().len() - so_far, retries);
        assert_eq!(legacy.flags.backoff(), during == ON);

        fs::write(&file, before).unwrap();
        legacy.flags.load(&file).unwrap();
        fs::write(&file, during).unwrap();
        let so_far = waits.waits().len();
        book(&legacy, "3 x 1").unwrap_err();
        assert_eq!(waits.waits().len() - so_far, retries);
        assert_eq!(legacy.flags.backoff(), during == ON);
    }
}

#[test]
fn the_block_and_the_method_make_the_waits_that_the_program_tells_of() {
    let legacy = legacy(u32::MAX, ON);
    let waits_of = |call: &dyn Fn()| {
        let waits = testing::skip_waits();
        call();
        waits.waits()
    };
    let method = || drop(legacy.do_the_thing(1));
    let block = || drop(book(&legacy, "3 x 1"));
    {
        let _middle = testing::fix_jitter(0.5);
        assert_eq!(waits_of(&method), SCHEDULE.waits());
        assert_eq!(waits_of(&block), SCHEDULE.waits());
    }
    let _longest = testing::fix_jitter(1.0);
    let worst = SCHEDULE.worst_case(&Jitter::default());
    assert_eq!(worst, Duration::from_millis(152_400));
    assert_eq!(waits_of(&method).iter().sum::<Duration>(), worst);
    assert_eq!(waits_of(&block).iter().sum::<Duration>(), worst);
}

#[test]
fn speed_divides_the_waits_and_nothing_else() {
    let waits = testing::skip_waits();
    let _middle = testing::fix_jitter(0.5);
    let fast = Legacy {
        speed: "1000".parse().unwrap(),
        ..legacy(7, ON)
    };
    fast.do_the_thing(1).unwrap();
    book(&fast, "3 x 2").unwrap();
    let expected = [1, 2, 4, 8, 16, 32, 64].map(Duration::from_millis);
    assert_eq!(waits.waits(), [expected, expected].concat());
}

#[test]
fn an_api_that_is_not_there_is_waited_for_on_the_whole_list() {
    let waits = testing::skip_waits();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let legacy = Legacy {
        api: listener.local_addr().unwrap(),
        ..legacy(0, ON)
    };
    drop(listener);
    let error = legacy.do_the_thing(1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(waits.waits().len(), 7);
}

#[test]
fn an_order_that_is_wrong_makes_no_request() {
    let waits = testing::skip_waits();
    // A request would fail, and be waited for.
    let legacy = legacy(u32::MAX, ON);
    for order in ["", "3", "3 x", "x 7", "three x 7", "3 x -7", "3 x 7 x 2"] {
        let error = book(&legacy, order).unwrap_err();
        assert!(matches!(error, LegacyError::Order(_)), "{error}");
        assert_eq!(
            error.to_string(),
            format!("`{order}` is no order such as `3 x 7`")
        );
    }
    assert_eq!(book(&legacy, "0 x 7").unwrap(), 0);
    let mut ledger = Ledger::from([(7, 300)]);
    let error = legacy.book("3 x 7", &mut ledger).unwrap_err();
    assert_eq!(error.to_string(), "thing 7 is booked already");
    assert_eq!(waits.waits(), []);
}

#[test]
fn an_order_is_booked_once_however_often_its_request_was_made() {
    let _waits = testing::skip_waits();
    let legacy = legacy(3, ON);
    let mut ledger = Ledger::new();
    assert_eq!(legacy.book("3 x 7", &mut ledger).unwrap(), 321);
    assert_eq!(legacy.book("1 x 8", &mut ledger).unwrap(), 108);
    assert_eq!(ledger, Ledger::from([(7, 321), (8, 108)]));
}

#[test]
fn an_order_whose_request_failed_is_not_booked() {
    let legacy = legacy(1, OFF);
    let mut ledger = Ledger::new();
    legacy.book("3 x 7", &mut ledger).unwrap_err();
    assert_eq!(ledger, Ledger::new());
}

#[test]
fn a_price_that_is_none_is_not_tried_again() {
    let waits = testing::skip_waits();
    let legacy = Legacy {
        api: api_of(|_| "later\n"),
        ..legacy(0, ON)
    };
    let error = book(&legacy, "3 x 7").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the API answers `later`, which is no price"
    );
    assert_eq!(waits.waits(), []);
}

#[test]
fn an_answer_that_breaks_off_is_tried_again() {
    let waits = testing::skip_waits();
    let legacy = Legacy {
        api: api_of(|request| if request == 1 { "10" } else { "107\n" }),
        ..legacy(0, ON)
    };
    assert_eq!(legacy.do_the_thing(7).unwrap(), "107");
    assert_eq!(waits.waits().len(), 1);
}

#[test]
fn a_line_of_the_file_switches_the_flag() {
    for (text, backoff) in [
        ("backoff = on", true),
        ("backoff = off\n", false),
        ("backoff=on\r\n", true),
        (
            "\n  backoff  =  on  # for the sale\n\n# backoff = off\n",
            true,
        ),
        ("colour = blue\nbackoff = off\n", false),
        ("backoff = on\nbackoff = off\n", false),
    ] {
        for before in [ON, OFF] {
            let flags = flags(before);
            assert_eq!(load(&flags, text.as_bytes()).unwrap(), backoff, "{text}");
            assert_eq!(flags.backoff(), backoff, "{text}");
        }
    }
}

#[test]
fn a_malformed_file_keeps_the_last_good_value_and_says_why() {
    let missing = "it has no line `backoff = on` or `backoff = off`";
    let line =
        |number, text| format!("line {number}: `{text}` is not `backoff = on` or `backoff = off`");
    for (text, why) in [
        ("", missing.to_owned()),
        ("# backoff = on", missing.to_owned()),
        ("backof = on", missing.to_owned()),
        ("backoff = yes", line(1, "backoff = yes")),
        ("\nbackoff = ON\n", line(2, "backoff = ON")),
        ("backoff on", line(1, "backoff on")),
        ("backoff = on\n\nbackoff = of", line(3, "backoff = of")),
    ] {
        for before in [ON, OFF] {
            let flags = flags(before);
            let error = load(&flags, text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), why);
            assert_eq!(flags.backoff(), before == ON, "{text}");
        }
    }
}

#[test]
fn an_unreadable_file_keeps_the_last_good_value() {
    let folder = folder("unreadable");
    for before in [ON, OFF] {
        let flags = flags(before);
        for error in [
            load(&flags, b"backoff = \xff").unwrap_err(),
            flags.load(&folder).unwrap_err(),
            flags.load(&folder.join("nowhere.txt")).unwrap_err(),
        ] {
            assert!(matches!(error, FlagsError::Read(_)), "{error}");
        }
        assert_eq!(flags.backoff(), before == ON);
    }
}

#[test]
fn a_file_that_is_too_long_is_not_read_to_its_end() {
    let long = |bytes| [OFF, &"#".repeat(bytes - OFF.len())].concat();
    let flags = flags(ON);
    let error = load(&flags, long(64 * 1024 + 1).as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "it is longer than 64 KiB");
    assert!(flags.backoff());
    if cfg!(unix) {
        let error = flags.load("/dev/zero".as_ref()).unwrap_err();
        assert!(matches!(error, FlagsError::TooLong), "{error}");
    }
    load(&flags, long(64 * 1024).as_bytes()).unwrap();
    assert!(!flags.backoff());
}

#[test]
fn whatever_happens_to_the_file_is_seen_while_the_program_runs() {
    let folder = folder("seen");
    let file = folder.join("flags.txt");
    fs::write(&file, OFF).unwrap();
    let flags = flags(OFF);
    let (hear, heard) = channel();
    let told = move |told| drop(hear.send(told));
    let watcher = flags.watch(&file, told).unwrap();

    fs::write(&file, ON).unwrap();
    wait_until(&heard, |told| matches!(told, Ok(true)));
    assert!(flags.backoff());

    fs::write(&file, "backoff = perhaps").unwrap();
    wait_until(&heard, |told| matches!(told, Err(FlagsError::Line(1, _))));
    assert!(flags.backoff());

    // As many editors do.
    let other = folder.join("flags.txt.new");
    fs::write(&other, OFF).unwrap();
    fs::rename(&other, &file).unwrap();
    wait_until(&heard, |told| matches!(told, Ok(false)));
    assert!(!flags.backoff());

    fs::write(&file, ON).unwrap();
    wait_until(&heard, |told| matches!(told, Ok(true)));
    fs::remove_file(&file).unwrap();
    wait_until(
        &heard,
        |told| matches!(told, Err(FlagsError::Read(error)) if error.kind() == ErrorKind::NotFound),
    );
    assert!(flags.backoff());

    fs::write(&file, OFF).unwrap();
    wait_until(&heard, |told| matches!(told, Ok(false)));
    assert!(!flags.backoff());

    drop(watcher);
    let ended = std::iter::repeat_with(|| heard.recv_timeout(LIMIT)).find_map(Result::err);
    assert_eq!(ended, Some(RecvTimeoutError::Disconnected));
}

#[test]
fn only_a_change_of_the_file_itself_is_a_reason_to_look() {
    let concerns = |kind, path| {
        let event = notify::Event::new(kind).add_path(path);
        flags::concerns(&event, Some("flags.txt".as_ref()))
    };
    let changes = [
        EventKind::Any,
        EventKind::Create(CreateKind::File),
        EventKind::Modify(ModifyKind::Any),
        EventKind::Remove(RemoveKind::File),
    ];
    for change in changes {
        assert!(concerns(change, PathBuf::from("/folder/flags.txt")));
        assert!(!concerns(change, PathBuf::from("/folder/flags.txt~")));
    }
    let read = EventKind::Access(AccessKind::Any);
    assert!(!concerns(read, PathBuf::from("/folder/flags.txt")));
    let lost = notify::Event::new(EventKind::Other).set_flag(Flag::Rescan);
    assert!(flags::concerns(&lost, Some("flags.txt".as_ref())));
}

#[test]
fn a_folder_that_is_not_there_cannot_be_watched() {
    let file = folder("nowhere").join("further/flags.txt");
    let error = flags(OFF).watch(&file, drop).unwrap_err();
    assert!(matches!(error, FlagsError::Watch(_)), "{error}");
}

#[tokio::test]
async fn the_demonstration_shows_the_list_and_the_flag_off_on_and_off_again() {
    let temporary = folder("demonstration");
    let mut command = EXAMPLES.command(NAME, &["--speed", "1000"]);
    let ended = Process::start(command.env("TMPDIR", &temporary))
        .end()
        .await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(ended.stderr, "");
    let lines: Vec<_> = ended
        .stdout
        .lines()
        .filter(|line| !line.starts_with("    listed "))
        .collect();
    let fails = "    fails: unexpected end of file";
    assert_eq!(
        lines,
        [
            "the list: 1s, 2s, 4s, 8s, 16s, 32s, 64s, 0, each wait ± 20 %",
            "8 attempts at most, with 152.4s of waiting at worst",
            "1000 times faster than real time: 1000 s pass in 1 s",
            "backoff = off",
            "  do_the_thing(1)",
            fails,
            r#"  book("3 x 2")"#,
            fails,
            "backoff = on",
            "  do_the_thing(3)",
            "    gives 103 cents",
            r#"  book("3 x 4")"#,
            "    gives 312 cents",
            "backoff = off",
            "  do_the_thing(5)",
            fails,
            r#"  book("3 x 6")"#,
            fails,
        ]
    );
    let retries = ended.stdout.split(fails).map(|part| waits(part).len());
    assert_eq!(retries.collect::<Vec<_>>(), [0, 0, 6, 0, 0]);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

#[tokio::test]
async fn each_wait_is_shown_beside_what_the_list_says_at_any_speed() {
    for speed in ["2000", "100000"] {
        let arguments = ["--failures", "7", "--speed", speed];
        let ended = EXAMPLES.run(NAME, &arguments).await;
        assert_eq!(ended.status, Some(0), "{ended:?}");
        let waits = waits(&ended.stdout);
        let listed: Vec<_> = waits.iter().map(|(listed, ..)| *listed).collect();
        assert_eq!(
            listed,
            ["1s", "2s", "4s", "8s", "16s", "32s", "64s"].repeat(2)
        );
        for (listed, wait, attempt) in waits {
            let listed: f64 = listed.strip_suffix('s').unwrap().parse().unwrap();
            let of_the_list = 0.8 * listed - 0.005..=1.2 * listed + 0.005;
            assert!(of_the_list.contains(&wait), "{listed} {wait}");
            assert_eq!(listed, f64::from(1 << (attempt - 1)));
        }
    }
}

/// What the list says of each wait, what was waited, and after which attempt.
fn waits(told: &str) -> Vec<(&str, f64, u32)> {
    let waits = told
        .lines()
        .filter_map(|line| line.strip_prefix("    listed "));
    waits
        .map(|line| {
            let (listed, line) = line.split_once(", waits ").unwrap();
            let (wait, line) = line.split_once(" s after attempt ").unwrap();
            let attempt = line.strip_suffix(": unexpected end of file").unwrap();
            let number = |text: &str| text.trim().parse().unwrap();
            (listed.trim(), number(wait), attempt.parse().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn an_api_that_fails_once_too_often_ends_it_with_1() {
    let arguments = ["--speed", "10000", "--failures", "8"];
    let ended = EXAMPLES.run(NAME, &arguments).await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_eq!(
        ended.stderr,
        "do_the_thing: a call failed although it was tried again\n"
    );
    assert_eq!(waits(&ended.stdout).len(), 14);
    assert_eq!(ended.stdout.matches("    fails: ").count(), 6);
}

#[tokio::test]
async fn with_a_file_of_the_users_it_calls_for_as_long_as_somebody_reads() {
    let file = folder("somebody_reads").join("flags.txt");
    fs::write(&file, OFF).unwrap();
    let shown = file.display().to_string();
    let mut example = EXAMPLES.start(NAME, &["--speed", "1000", "--flags", &shown]);
    example.tells("fails: ").await;
    example.close_stdout();
    let ended = example.end().await;
    assert_eq!((ended.status, &*ended.stderr), (Some(0), ""));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_edited_by_hand_until_ctrl_c() {
    let folder = folder("by_hand");
    let file = folder.join("flags.txt");
    let shown = file.display().to_string();
    fs::write(&file, OFF).unwrap();
    let mut example = EXAMPLES.start(NAME, &["--speed", "1000", "--flags", &shown]);
    example.tells("fails: unexpected end of file").await;
    fs::write(&file, ON).unwrap();
    example.tells(&format!("{shown}: backoff = on")).await;
    example.tells("gives 3").await;
    fs::write(&file, "backoff = perhaps").unwrap();
    let line = example.says("perhaps").await;
    assert_eq!(
        line,
        format!(
            "{shown}: line 1: `backoff = perhaps` is not `backoff = on` or `backoff = off`; it stays at backoff = on"
        )
    );
    fs::remove_file(&file).unwrap();
    let line = example.says("No such file").await;
    assert!(line.ends_with("; it stays at backoff = on"), "{line}");
    example.interrupt();
    let ended = example.end().await;
    assert_eq!(ended.status, Some(130), "{ended:?}");
    let last = ended.stderr.lines().last();
    assert_eq!(last, Some("do_the_thing: interrupted"));
}

fn legacy(failures: u32, flag: &str) -> Legacy {
    Legacy {
        api: api::start(failures).unwrap(),
        flags: flags(flag),
        log: |_| (),
        speed: Speed::REAL_TIME,
    }
}

fn flags(text: &str) -> Arc<Flags> {
    let flags = Arc::new(Flags::default());
    load(&flags, text.as_bytes()).unwrap();
    flags
}

/// Loads a file with this in it.
fn load(flags: &Flags, text: &[u8]) -> Result<bool, FlagsError> {
    let test = thread::current();
    let file = folder(&format!("loaded-by-{}", test.name().unwrap())).join("flags.txt");
    fs::write(&file, text).unwrap();
    flags.load(&file)
}

fn book(legacy: &Legacy, order: &str) -> Result<u64, LegacyError> {
    legacy.book(order, &mut Ledger::new())
}

fn kind(error: &LegacyError) -> Option<ErrorKind> {
    match error {
        LegacyError::Api(error) => Some(error.kind()),
        _ => None,
    }
}

/// Answers what it is told to for each request, from 1.
fn api_of(answer: impl Fn(u32) -> &'static str + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for (connection, request) in listener.incoming().zip(1..) {
            let mut connection = connection.unwrap();
            // What was not read when it closes would reset the connection.
            BufReader::new(&connection)
                .read_line(&mut String::new())
                .unwrap();
            connection.write_all(answer(request).as_bytes()).unwrap();
        }
    });
    addr
}

/// Never answers, and has the flag read anew during each request.
fn switching_api(flags: Arc<Flags>, file: PathBuf) -> SocketAddr {
    api_of(move |_| {
        flags.load(&file).unwrap();
        ""
    })
}

fn wait_until(
    heard: &Receiver<Result<bool, FlagsError>>,
    is: impl Fn(&Result<bool, FlagsError>) -> bool,
) {
    let mut before = Vec::new();
    loop {
        match heard.recv_timeout(LIMIT) {
            Ok(told) if is(&told) => return,
            Ok(told) => before.push(told),
            Err(error) => panic!("{error}, after {before:?}"),
        }
    }
}
