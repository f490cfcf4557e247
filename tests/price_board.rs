//! The example `price_board`: by a paused clock, over real sockets, and as a process.

#[path = "../examples/price_board/api.rs"]
mod api;
#[path = "../examples/price_board/board.rs"]
#[allow(dead_code, reason = "only the process counts prices")]
mod board;
#[path = "../examples/price_board/clock.rs"]
mod clock;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "../examples/price_board/mall.rs"]
#[allow(dead_code, reason = "the process runs the demonstration")]
mod mall;
#[path = "support/process.rs"]
mod process;
#[path = "support/skip.rs"]
mod skip;
#[path = "../examples/price_board/stores.rs"]
mod stores;
#[cfg(unix)]
#[path = "support/terminal.rs"]
mod terminal;

use api::{Api, ApiError, HttpApi, Price};
use axum::Router;
use board::{Board, Change, Event, Standing};
use clock::Clock;
use common::Speed;
use mall::Mood::{Confused, Down, Hanging, Slow, Steady};
use mall::{ALWAYS, Mall, Mood};
use process::{Examples, LIMIT};
use reqwest::{StatusCode, Url};
use retry_core::testing::{self, FixJitter};
use skip::skip;
use std::collections::BTreeMap;
use std::iter::{once, repeat, repeat_n};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stores::Stores;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

const NAME: &str = "price_board";
static EXAMPLES: Examples = Examples::new(&[NAME]);

/// A mall without a socket, which counts who is asked.
#[derive(Clone)]
struct InProcess {
    mall: Arc<Mall>,
    asked: Arc<Mutex<BTreeMap<String, Asked>>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Asked {
    polls: usize,
    under_way: usize,
    most_under_way: usize,
}

impl InProcess {
    fn new(mall: Mall) -> Self {
        Self {
            mall: Arc::new(mall),
            asked: Arc::default(),
        }
    }

    fn count<T>(&self, store: &str, count: impl FnOnce(&mut Asked) -> T) -> T {
        let mut asked = self.asked.lock().unwrap();
        count(asked.entry(store.to_owned()).or_default())
    }

    fn polls(&self, store: &str) -> usize {
        self.count(store, |asked| asked.polls)
    }
}

/// Counts a poll as under way until it ends or is dropped.
struct UnderWay<'a>(&'a InProcess, &'a str);

impl<'a> UnderWay<'a> {
    fn new(api: &'a InProcess, store: &'a str) -> Self {
        api.count(store, |asked| {
            asked.polls += 1;
            asked.under_way += 1;
            asked.most_under_way = asked.most_under_way.max(asked.under_way);
        });
        Self(api, store)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.count(self.1, |asked| asked.under_way -= 1);
    }
}

impl Api for InProcess {
    async fn list_stores(&self) -> Result<Vec<String>, ApiError> {
        let stores = self.mall.list();
        stores.ok_or(ApiError::Status(StatusCode::SERVICE_UNAVAILABLE))
    }

    async fn query_price(&self, store: &str) -> Result<Price, ApiError> {
        let _under_way = UnderWay::new(self, store);
        let mood = self.mall.ask(store).unwrap();
        mood.hesitate().await;
        match mood {
            Steady(cents) | Slow(cents) => Ok(Price { cents }),
            Down | Confused | Hanging => Err(ApiError::Status(StatusCode::SERVICE_UNAVAILABLE)),
        }
    }
}

/// A board in the time of a paused clock.
struct Simulation {
    api: InProcess,
    board: Arc<Board>,
    changes: UnboundedReceiver<Change>,
    stores: Stores<InProcess>,
    _jitter: FixJitter,
}

impl Simulation {
    /// Every wait is in the middle of what jitter allows, so at its listed length.
    fn of(mall: impl FnOnce(Mall) -> Mall) -> Self {
        Self::spread(0.5, mall)
    }

    fn spread(position: f64, mall: impl FnOnce(Mall) -> Mall) -> Self {
        let clock = Clock::start(Speed::REAL_TIME);
        let api = InProcess::new(mall(Mall::new(clock)));
        let (board, changes) = Board::new(clock);
        let board = Arc::new(board);
        Self {
            stores: Stores::new(api.clone(), Arc::clone(&board), clock),
            api,
            board,
            changes,
            _jitter: testing::fix_jitter(position),
        }
    }

    async fn run(&mut self, period: Duration, time: Duration) {
        let running = time::timeout(time, self.stores.run(period)).await;
        assert!(running.is_err(), "{running:?}");
    }

    fn table(&self) -> String {
        table(&self.board, 80)
    }

    /// What happened since the last time, store by store; what concerns all of them stands under "".
    fn history(&mut self) -> BTreeMap<String, Vec<(Duration, String)>> {
        let mut history = BTreeMap::<_, Vec<_>>::new();
        while let Ok(change) = self.changes.try_recv() {
            let (store, event) = told(change.event);
            history.entry(store).or_default().push((change.at, event));
        }
        history
    }
}

/// The board as it is shown without colours.
fn table(board: &Board, columns: usize) -> String {
    anstream::adapter::strip_str(&board.table().of_width(columns)).to_string()
}

fn told(event: Event) -> (String, String) {
    match event {
        Event::Stands { store, standing } => {
            let standing = match standing {
                Standing::Awaited => "awaited".to_owned(),
                Standing::Allowed(price) => format!("allowed {price}"),
                Standing::Quarantined {
                    last,
                    misses,
                    attempts: 3,
                    again,
                    ..
                } => {
                    let last = last.map_or("none".to_owned(), |price| price.to_string());
                    let again = again.as_secs();
                    format!("quarantined, last {last}, miss {misses}, again {again}")
                }
                Standing::Blocked { .. } => "blocked".to_owned(),
                other @ Standing::Quarantined { .. } => panic!("{other:?}"),
            };
            (store, standing)
        }
        Event::Gone { store } => (store, "gone".to_owned()),
        Event::ListKept { .. } => (String::new(), "list kept".to_owned()),
        Event::ListRenewed => (String::new(), "list renewed".to_owned()),
    }
}

/// The expected changes of one store.
#[derive(Default)]
struct Expected(Vec<(Duration, String)>);

impl Expected {
    fn at(&mut self, second: u64, event: impl Into<String>) {
        self.0.push((secs(second), event.into()));
    }

    /// Those that the day has room for.
    fn of_the_day(self) -> Vec<(Duration, String)> {
        let day = self.0.into_iter();
        day.take_while(|(at, _)| *at < secs(DAY)).collect()
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn moods(steps: &'static [(usize, Mood)]) -> impl Iterator<Item = Mood> + Send + 'static {
    let each = steps.iter().cycle();
    each.flat_map(|(times, mood)| repeat_n(*mood, *times))
}

/// A refresh each hour; the third one fails after two retries, 3 s later, and those after it are as much later.
fn refreshes() -> impl Iterator<Item = u64> {
    [0, HOUR]
        .into_iter()
        .chain((3..24).map(|hour| hour * HOUR + 3))
}

#[tokio::test(start_paused = true)]
async fn a_day_of_ten_stores_is_what_the_schedule_says_to_the_millisecond() {
    let mut day = Simulation::of(|mall| {
        mall.with("steady", ALWAYS, repeat(Steady(199)))
            .with(
                "changing",
                ALWAYS,
                moods(&[(720, Steady(210)), (720, Steady(205))]),
            )
            .with("flaky", ALWAYS, moods(&[(2, Steady(189)), (1, Down)]))
            .with("twice", ALWAYS, moods(&[(1, Steady(220)), (2, Down)]))
            .with("down", ALWAYS, repeat(Down))
            .with(
                "recovering",
                ALWAYS,
                repeat_n(Down, 3).chain(repeat(Steady(179))),
            )
            .with("hanging", ALWAYS, once(Steady(150)).chain(repeat(Hanging)))
            .with("slow", ALWAYS, repeat(Slow(230)))
            .with("closing", secs(0)..secs(30_000), repeat(Steady(240)))
            .with("opening", secs(40_000)..Duration::MAX, repeat(Steady(250)))
            .list_down(secs(7_100)..secs(7_300))
    });
    day.run(secs(HOUR), secs(DAY)).await;
    let mut expected = BTreeMap::new();

    let mut list = Expected::default();
    list.at(2 * HOUR + 3, "list kept");
    list.at(3 * HOUR + 3, "list renewed");
    expected.insert("", list);

    for (store, price) in [("steady", "1.99"), ("closing", "2.40")] {
        let mut store_is = Expected::default();
        store_is.at(0, "awaited");
        store_is.at(0, format!("allowed {price}"));
        if store == "closing" {
            store_is.at(9 * HOUR + 3, "gone");
        }
        expected.insert(store, store_is);
    }

    let mut opening = Expected::default();
    opening.at(12 * HOUR + 3, "awaited");
    opening.at(12 * HOUR + 3, "allowed 2.50");
    expected.insert("opening", opening);

    let mut slow = Expected::default();
    slow.at(0, "awaited");
    slow.at(1, "allowed 2.30");
    expected.insert("slow", slow);

    let mut changing = Expected::default();
    changing.at(0, "awaited");
    for hour in 0..24 {
        let price = if hour % 2 == 0 { "2.10" } else { "2.05" };
        changing.at(hour * HOUR, format!("allowed {price}"));
    }
    expected.insert("changing", changing);

    let mut flaky = Expected::default();
    flaky.at(0, "awaited");
    for start in (0..DAY).step_by(35) {
        flaky.at(start, "allowed 1.89");
        let again = start + 35;
        flaky.at(
            start + 10,
            format!("quarantined, last 1.89, miss 1, again {again}"),
        );
    }
    expected.insert("flaky", flaky);

    let mut twice = Expected::default();
    twice.at(0, "awaited");
    for start in (0..DAY).step_by(655) {
        twice.at(start, "allowed 2.20");
        let (first, second) = (start + 30, start + 655);
        twice.at(
            start + 5,
            format!("quarantined, last 2.20, miss 1, again {first}"),
        );
        twice.at(
            start + 30,
            format!("quarantined, last 2.20, miss 2, again {second}"),
        );
    }
    expected.insert("twice", twice);

    let mut down = Expected::default();
    for start in refreshes() {
        let (first, second) = (start + 25, start + 650);
        down.at(start, "awaited");
        down.at(
            start,
            format!("quarantined, last none, miss 1, again {first}"),
        );
        down.at(
            start + 25,
            format!("quarantined, last none, miss 2, again {second}"),
        );
        down.at(start + 650, "blocked");
    }
    expected.insert("down", down);

    let mut recovering = Expected::default();
    recovering.at(0, "awaited");
    recovering.at(0, "quarantined, last none, miss 1, again 25");
    recovering.at(25, "quarantined, last none, miss 2, again 650");
    recovering.at(650, "blocked");
    recovering.at(HOUR, "awaited");
    recovering.at(HOUR, "allowed 1.79");
    expected.insert("recovering", recovering);

    // It answers once, then each attempt is given up after 2 s.
    let mut hanging = Expected::default();
    for start in refreshes() {
        hanging.at(start, "awaited");
        let (asked, last) = if start == 0 {
            hanging.at(0, "allowed 1.50");
            (5, "1.50")
        } else {
            (start, "none")
        };
        let (first, second) = (asked + 27, asked + 654);
        hanging.at(
            asked + 2,
            format!("quarantined, last {last}, miss 1, again {first}"),
        );
        hanging.at(
            asked + 29,
            format!("quarantined, last {last}, miss 2, again {second}"),
        );
        hanging.at(asked + 656, "blocked");
    }
    expected.insert("hanging", hanging);

    let mut history = day.history();
    for (store, expected) in expected {
        let expected = expected.of_the_day();
        let happened = history.remove(store).unwrap_or_default();
        let different = happened
            .iter()
            .zip(&expected)
            .find(|(happened, expected)| happened != expected);
        assert_eq!(different, None, "{store}");
        assert_eq!(happened.len(), expected.len(), "{store}");
    }
    assert!(history.is_empty(), "{history:?}");

    let started = refreshes().count();
    for (store, polls) in [
        ("steady", 17_280),
        ("changing", 17_280),
        ("slow", 14_400),
        // Three polls in each 35 s; the last of them begin at 86,380 s.
        ("flaky", 2_469 * 3),
        // Three polls in each 655 s; the last of them begin at 85,805 s.
        ("twice", 132 * 3),
        ("down", started * 3),
        ("recovering", 3 + (17_280 - 720)),
        ("hanging", 1 + started * 3),
        // From 0 s to before 32,403 s, and from 43,203 s to before 86,400 s.
        ("closing", 6_481),
        ("opening", 8_640),
    ] {
        assert_eq!(day.api.polls(store), polls, "{store}");
    }
    for (store, asked) in day.api.asked.lock().unwrap().iter() {
        assert_eq!(asked.most_under_way, 1, "{store}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_misses_and_a_price_begin_the_count_again() {
    let mut simulation = Simulation::of(|mall| {
        let misses = [Down, Down, Steady(199), Down, Down, Steady(199), Down, Down];
        mall.with("unsteady", ALWAYS, misses)
    });
    simulation.run(secs(DAY), secs(2_000)).await;
    let history = simulation.history().remove("unsteady").unwrap();
    let events: Vec<_> = history
        .iter()
        .map(|(at, event)| (at.as_secs(), &**event))
        .collect();
    assert_eq!(
        events,
        [
            (0, "awaited"),
            (0, "quarantined, last none, miss 1, again 25"),
            (25, "quarantined, last none, miss 2, again 650"),
            (650, "allowed 1.99"),
            (655, "quarantined, last 1.99, miss 1, again 680"),
            (680, "quarantined, last 1.99, miss 2, again 1305"),
            (1305, "allowed 1.99"),
            (1310, "quarantined, last 1.99, miss 1, again 1335"),
            (1335, "quarantined, last 1.99, miss 2, again 1960"),
            (1960, "blocked"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_has_missed_and_one_that_is_slow_has_not() {
    let mut simulation = Simulation::of(|mall| {
        mall.with("hanging", ALWAYS, repeat(Hanging))
            .with("slow", ALWAYS, repeat(Slow(199)))
    });
    simulation.run(secs(DAY), secs(10)).await;
    let mut history = simulation.history();
    assert_eq!(
        history.remove("hanging").unwrap()[1],
        (
            secs(2),
            "quarantined, last none, miss 1, again 27".to_owned()
        )
    );
    assert_eq!(
        history.remove("slow").unwrap()[1],
        (secs(1), "allowed 1.99".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn waits_are_spread_by_a_fifth() {
    for (position, waits) in [(0.0, [20, 500]), (1.0, [30, 750])] {
        let one = |mall: Mall| mall.with("down", ALWAYS, repeat(Down));
        let mut simulation = Simulation::spread(position, one);
        simulation.run(secs(DAY), secs(1_000)).await;
        let history = simulation.history().remove("down").unwrap();
        let times: Vec<_> = history.iter().map(|(at, _)| at.as_secs()).collect();
        assert_eq!(times, [0, 0, waits[0], waits.iter().sum()]);
    }
}

/// Two that are allowed at two prices, one quarantined that was cheaper, one that never had a price, and a worse name.
fn five_stores() -> Simulation {
    Simulation::of(|mall| {
        mall.with("Alder", ALWAYS, repeat(Steady(215)))
            .with("Birch", ALWAYS, once(Steady(189)).chain(repeat(Down)))
            .with("Fir", ALWAYS, repeat(Down))
            .with("Ginkgo", ALWAYS, repeat(Steady(205)))
            .with("\u{1b}[2J\u{202e}", ALWAYS, repeat(Steady(1_000)))
    })
}

#[tokio::test(start_paused = true)]
async fn the_best_price_is_one_of_now_and_who_is_quarantined_or_blocked_stands_below() {
    let mut simulation = five_stores();
    let started = time::Instant::now();
    let board = Arc::clone(&simulation.board);
    let early = async {
        time::sleep_until(started + secs(12)).await;
        table(&board, 80)
    };
    let (early, ()) = tokio::join!(early, simulation.run(secs(HOUR), secs(664)));
    assert_eq!(
        early,
        r"best prices at 12 s
price  store              standing
 2.05  Ginkgo             best price
 2.15  Alder              allowed
10.00  \u{1b}[2J\u{202e}  allowed
 1.89  Birch              quarantined: miss 1 of 3, next poll in 18 s
    -  Fir                quarantined: miss 1 of 3, next poll in 13 s"
    );
    assert_eq!(
        simulation.table(),
        r"best prices at 664 s
price  store              standing
 2.05  Ginkgo             best price
 2.15  Alder              allowed
10.00  \u{1b}[2J\u{202e}  allowed
    -  Birch              blocked: the server answers 503 Service Unavailable
    -  Fir                blocked: the server answers 503 Service Unavailable"
    );
}

#[tokio::test(start_paused = true)]
async fn every_store_of_the_best_price_is_one_of_the_best() {
    let mut simulation = Simulation::of(|mall| {
        mall.with("Alder", ALWAYS, repeat(Steady(199)))
            .with("Birch", ALWAYS, repeat(Steady(205)))
            .with("Cedar", ALWAYS, repeat(Steady(199)))
    });
    simulation.run(secs(HOUR), secs(1)).await;
    assert_eq!(
        simulation.table(),
        "best prices at 1 s
price  store  standing
 1.99  Alder  best price
 1.99  Cedar  best price
 2.05  Birch  allowed"
    );
    let styled = simulation.board.table().of_width(80);
    let green = styled.lines().filter(|line| line.contains("\u{1b}[32m"));
    assert_eq!(green.count(), 2, "{styled:?}");
}

#[tokio::test(start_paused = true)]
async fn while_nobody_is_allowed_there_is_no_best_price() {
    let mut simulation =
        Simulation::of(|mall| mall.with("Birch", ALWAYS, once(Steady(189)).chain(repeat(Down))));
    simulation.run(secs(HOUR), secs(6)).await;
    assert_eq!(
        simulation.table(),
        "best prices at 6 s
price  store  standing
 1.89  Birch  quarantined: miss 1 of 3, next poll in 24 s"
    );
}

#[tokio::test(start_paused = true)]
async fn the_next_poll_is_never_in_the_past_and_one_that_takes_long_is_under_way() {
    let mut simulation = Simulation::of(|mall| mall.with("Elm", ALWAYS, repeat(Hanging)));
    let started = time::Instant::now();
    let board = Arc::clone(&simulation.board);
    let look = async {
        let mut standings = Vec::new();
        for millis in (2_500..=654_500).step_by(1_000) {
            time::sleep_until(started + Duration::from_millis(millis)).await;
            let table = table(&board, 80);
            let (_, standing) = table.rsplit_once("quarantined: miss ").unwrap();
            standings.push(standing.to_owned());
        }
        standings
    };
    let (standings, ()) = tokio::join!(look, simulation.run(secs(HOUR), secs(655)));
    // It is asked at 0 s, 27 s and 654 s, and misses two seconds later.
    let polls = |miss: usize, wait: usize| {
        let left = (1..=wait).rev();
        left.map(move |left| format!("{miss} of 3, next poll in {left} s"))
    };
    let under_way = |miss: usize| format!("{miss} of 3, being asked again");
    let expected: Vec<_> = polls(1, 25)
        .chain([under_way(1), under_way(1)])
        .chain(polls(2, 625))
        .chain([under_way(2)])
        .collect();
    assert_eq!(standings, expected);
}

#[tokio::test(start_paused = true)]
async fn the_table_fits_however_narrow_the_terminal_is() {
    let mut simulation = Simulation::of(|mall| {
        mall.with("Alder", ALWAYS, repeat(Steady(123_456)))
            .with("Birch", ALWAYS, once(Steady(189)).chain(repeat(Down)))
            .with("Fir", ALWAYS, repeat(Down))
            .with(
                "一つのとても長い名前を持つ店はここにありますよね",
                ALWAYS,
                repeat(Slow(189)),
            )
            .list_down(secs(1)..Duration::MAX)
    });
    // Somebody is allowed, quarantined and blocked, and the list is an old one.
    simulation.run(secs(100), secs(652)).await;
    for columns in [120, 80, 60, 40, 30] {
        let table = table(&simulation.board, columns);
        for line in table.lines() {
            let width = textwrap::core::display_width(line);
            assert!(width <= columns, "{columns}: {width}: {line:?}");
        }
        let words: Vec<_> = table.split_whitespace().collect();
        let words = words.join(" ");
        for part in ["1234.56", "best", "next poll in", "Unavailable"] {
            assert!(words.contains(part), "{columns}: {table}");
        }
    }
    assert_eq!(
        table(&simulation.board, 60).lines().nth(1),
        Some("  price  store                 standing")
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_keeps_the_last_one_and_polls_go_on() {
    let mut simulation = Simulation::of(|mall| {
        mall.with("steady", ALWAYS, repeat(Steady(199)))
            .with("down", ALWAYS, repeat(Down))
            .list_down(secs(1)..Duration::MAX)
    });
    simulation.run(secs(700), secs(1_600)).await;
    let mut history = simulation.history();
    let kept: Vec<_> = history.remove("").unwrap();
    let kept: Vec<_> = kept
        .iter()
        .map(|(at, event)| (at.as_secs(), &**event))
        .collect();
    assert_eq!(kept, [(703, "list kept"), (1406, "list kept")]);
    assert_eq!(simulation.api.polls("steady"), 320);
    // What was blocked comes back only with a list.
    assert_eq!(simulation.api.polls("down"), 3);
    assert!(
        simulation.table().ends_with(
            "\nthe list of stores is an old one: the server answers 503 Service Unavailable"
        ),
        "{}",
        simulation.table()
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_once_is_asked_for_again_within_the_second() {
    let mut simulation = Simulation::of(|mall| {
        mall.with("steady", ALWAYS, repeat(Steady(199)))
            .list_down(secs(0)..secs(1))
    });
    simulation.run(secs(HOUR), secs(4)).await;
    let history = simulation.history();
    assert_eq!(history.len(), 1);
    assert_eq!(history["steady"][0], (secs(1), "awaited".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_first_list_that_fails_is_an_error() {
    let mut simulation = Simulation::of(|mall| mall.list_down(ALWAYS));
    let error = simulation.stores.run(secs(HOUR)).await.unwrap_err();
    assert!(matches!(error, ApiError::Status(_)), "{error}");
    assert_eq!(simulation.table(), "best prices at 3 s\nno stores");
}

#[tokio::test(start_paused = true)]
async fn a_store_never_has_two_tasks_however_often_the_list_is_refreshed() {
    let mut simulation = Simulation::of(|mall| {
        mall.with("steady", ALWAYS, repeat(Steady(199)))
            .with("slow", ALWAYS, repeat(Slow(199)))
            .with("hanging", ALWAYS, repeat(Hanging))
            .with("down", ALWAYS, repeat(Down))
    });
    let before = Handle::current().metrics().num_alive_tasks();
    for _ in 0..100 {
        simulation.run(Duration::from_millis(100), secs(1)).await;
        let tasks = Handle::current().metrics().num_alive_tasks() - before;
        assert_eq!(tasks, 4);
    }
    assert_eq!(simulation.api.polls("steady"), 20);
    for (store, asked) in simulation.api.asked.lock().unwrap().iter() {
        assert_eq!(asked.most_under_way, 1, "{store}");
    }
}

#[tokio::test(start_paused = true)]
async fn when_it_stops_every_task_has_ended() {
    let mut simulation = Simulation::of(|mall| {
        mall.with("steady", ALWAYS, repeat(Steady(199)))
            .with("hanging", ALWAYS, repeat(Hanging))
            .with("down", ALWAYS, repeat(Down))
    });
    let before = Handle::current().metrics().num_alive_tasks();
    simulation.run(secs(HOUR), secs(1)).await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), before + 3);
    simulation.stores.stop().await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), before);
    time::sleep(secs(HOUR)).await;
    assert_eq!(simulation.api.polls("steady"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_not_listed_any_more_is_forgotten_blocked_or_not() {
    let mut simulation = Simulation::of(|mall| {
        let first_half = secs(0)..secs(1_500);
        mall.with("open", first_half.clone(), repeat(Steady(199)))
            .with(
                "waiting",
                first_half.clone(),
                moods(&[(1, Steady(210)), (2, Down)]),
            )
            .with("blocked", first_half, repeat(Down))
    });
    simulation.run(secs(1_000), secs(1_999)).await;
    let history = simulation.history();
    assert_eq!(history["blocked"].last().unwrap().1, "blocked");
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 2);
    simulation.run(secs(1_000), secs(2)).await;
    let gone = vec![(secs(1_999), "gone".to_owned())];
    let all = ["blocked", "open", "waiting"].map(|store| (store.to_owned(), gone.clone()));
    assert_eq!(simulation.history(), BTreeMap::from(all));
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    assert_eq!(simulation.table(), "best prices at 2001 s\nno stores");
}

/// Fifty thousand times as fast: 625 s are 12.5 ms.
fn fast() -> Clock {
    Clock::start("50000".parse().unwrap())
}

/// Stores behind a socket, until it is dropped: then every connection is cut.
struct Server(Option<Runtime>);

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn open(mall: Mall) -> (Server, Url) {
    serve(mall::routes(Arc::new(mall)))
}

fn serve(routes: Router) -> (Server, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let runtime = Runtime::new().unwrap();
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, routes).await
    });
    (Server(Some(runtime)), url.parse().unwrap())
}

fn http(url: Url) -> HttpApi {
    let client = common::http::client().no_proxy().build().unwrap();
    HttpApi::new(client, url)
}

/// The changes up to the first for which that is true.
async fn changes_until(
    changes: &mut UnboundedReceiver<Change>,
    mut last: impl FnMut(&str) -> bool,
) -> Vec<(String, String)> {
    let collect = async {
        let mut collected = Vec::new();
        loop {
            let (store, what) = told(changes.recv().await.unwrap().event);
            let last = last(&what);
            collected.push((store, what));
            if last {
                return collected;
            }
        }
    };
    time::timeout(LIMIT, collect).await.unwrap()
}

/// Without the times, which no real clock repeats.
fn of(store: &str, changes: &[(String, String)]) -> Vec<String> {
    let of_store = changes.iter().filter(|(name, _)| name == store);
    of_store
        .map(|(_, what)| what.split(", again").next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn over_http_a_store_is_allowed_quarantined_blocked_and_back_after_a_refresh() {
    let clock = fast();
    let script = [Steady(199), Confused, Down, Confused, Steady(189)];
    let (_server, url) = open(
        Mall::new(clock)
            .with(
                "Ginkgo & Söhne/2",
                ALWAYS,
                script.into_iter().chain(repeat(Steady(189))),
            )
            .with("Alder", ALWAYS, repeat(Steady(215))),
    );
    let (board, mut changes) = Board::new(clock);
    let board = Arc::new(board);
    let mut stores = Stores::new(http(url), Arc::clone(&board), clock);
    let changes = tokio::select! {
        ended = stores.run(secs(300)) => panic!("{ended:?}"),
        changes = changes_until(&mut changes, |what| what == "allowed 1.89") => changes,
    };
    assert_eq!(
        of("Ginkgo & Söhne/2", &changes),
        [
            "awaited",
            "allowed 1.99",
            "quarantined, last 1.99, miss 1",
            "quarantined, last 1.99, miss 2",
            "blocked",
            "awaited",
            "allowed 1.89",
        ]
    );
    assert_eq!(of("Alder", &changes), ["awaited", "allowed 2.15"]);
    let table = table(&board, 80);
    assert!(
        table.ends_with(" 1.89  Ginkgo & Söhne/2  best price\n 2.15  Alder             allowed"),
        "{table}"
    );
}

#[tokio::test]
async fn when_the_server_vanishes_the_stores_are_blocked_and_the_list_is_kept() {
    let clock = fast();
    let (server, url) = open(Mall::new(clock).with("Alder", ALWAYS, repeat(Steady(215))));
    let (board, mut changes) = Board::new(clock);
    let board = Arc::new(board);
    let mut stores = Stores::new(http(url), Arc::clone(&board), clock);
    let mut server = Some(server);
    let (mut blocked, mut kept) = (false, false);
    let changes = changes_until(&mut changes, |what| {
        if what.starts_with("allowed") {
            drop(server.take());
        }
        blocked |= what == "blocked";
        kept |= what == "list kept";
        blocked && kept
    });
    let changes = tokio::select! {
        ended = stores.run(secs(100)) => panic!("{ended:?}"),
        changes = changes => changes,
    };
    assert_eq!(
        of("Alder", &changes),
        [
            "awaited",
            "allowed 2.15",
            "quarantined, last 2.15, miss 1",
            "quarantined, last 2.15, miss 2",
            "blocked",
        ]
    );
    let table = table(&board, 80);
    assert!(table.contains("\n    -  Alder  blocked: error"), "{table}");
    assert!(
        table.contains("\nthe list of stores is an old one: error"),
        "{table}"
    );
}

#[tokio::test]
async fn what_cannot_pass_does_not_ask_for_the_list_again() {
    let waits = testing::skip_waits();
    let (_server, url) = open(Mall::new(fast()).with("list", ALWAYS, repeat(Confused)));
    // What is not there, and what is there but no list.
    for base in ["elsewhere", "stores/list/price?"] {
        let url = url.join(base).unwrap();
        let (board, _changes) = Board::new(fast());
        let mut stores = Stores::new(http(url), Arc::new(board), fast());
        let error = stores.refresh().await.unwrap_err();
        assert!(!error.is_passing(), "{error}");
        assert_eq!(waits.waits(), []);
    }
}

#[tokio::test]
async fn stores_may_be_below_a_path_with_or_without_its_last_slash() {
    let mall = Mall::new(fast()).with("Alder", ALWAYS, repeat(Steady(215)));
    let (_server, url) = serve(Router::new().nest("/chain", mall::routes(Arc::new(mall))));
    for base in ["chain", "chain/"] {
        let api = http(url.join(base).unwrap());
        assert_eq!(api.list_stores().await.unwrap(), ["Alder"]);
        let price = api.query_price("Alder").await.unwrap();
        assert_eq!(price, Price { cents: 215 });
    }
}

#[tokio::test]
async fn who_is_not_listed_does_not_get_onto_the_board() {
    let (board, mut changes) = Board::new(fast());
    board.allow("Alder", Price { cents: 215 });
    board.block("Birch", &ApiError::Status(StatusCode::BAD_GATEWAY));
    assert_eq!(board.table().stores(), 0);
    assert!(changes.is_empty(), "{:?}", changes.recv().await);
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_shows_the_last_table() {
    let mut example = EXAMPLES.start(NAME, &["--speed", "5000", "--for", "300000s"]);
    let blocked = "Fir: blocked: the server answers 503 Service Unavailable";
    example.tells(blocked).await;
    example.interrupt();
    let ended = example.end().await;
    let (_, table) = ended.stdout.split_once("best prices at ").unwrap();
    assert!(table.contains(" s\n"), "{table}");
    assert!(table.contains("  Alder "), "{table}");
}

#[cfg(unix)]
#[tokio::test]
async fn on_a_terminal_the_table_is_redrawn_in_place_and_the_last_one_stays() {
    let command = EXAMPLES.command(NAME, &["--for", "1h"]);
    let mut interrupted = false;
    let shown = terminal::run(command, 80, |screen, example| {
        if !interrupted && screen.matches(" 1.89  Birch").count() > 1 {
            example.interrupt();
            interrupted = true;
        }
    });
    let Some((screen, ended)) = shown.await else {
        return skip("no pseudo-terminal");
    };
    assert_eq!(ended.status, Some(130), "{ended:?}");
    let (drawn, last) = screen.rsplit_once("best prices at ").unwrap();
    let (opening, drawn) = drawn.split_once("\u{1b}[").unwrap();
    assert!(opening.contains("\r\n60 times faster than real time"));
    // Nothing that was drawn before is left to scroll away.
    assert!(!drawn.contains('\n'), "{drawn:?}");
    assert!(last.contains("\r\n 1.89  Birch    "), "{last:?}");
    let best = last.find("\u{1b}[32m 1.85  Elm      best price").unwrap();
    assert!(best < last.find(" 1.89  Birch").unwrap(), "{last:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_is_shown_by_its_name_and_not_by_what_a_terminal_would_make_of_it() {
    let evil = "\u{1b}]0;renamed\u{7}\u{1b}[2J\u{9b}31m\u{202e}evil";
    let (_server, url) = open(
        Mall::new(fast())
            .with(evil, ALWAYS, repeat(Steady(199)))
            .with("Alder", ALWAYS, repeat(Steady(215))),
    );
    let arguments = ["--url", url.as_str(), "--for", "2s"];
    let name = r"\u{1b}]0;renamed\u{7}\u{1b}[2J\u{9b}31m\u{202e}evil";
    let ended = EXAMPLES.run(NAME, &arguments).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let line = format!("  {name}: allowed, 1.99\n");
    assert!(ended.stdout.contains(&line), "{}", ended.stdout);

    let command = EXAMPLES.command(NAME, &arguments);
    let Some((screen, _)) = terminal::run(command, 120, |_, _| ()).await else {
        return skip("no pseudo-terminal");
    };
    assert!(screen.contains(&name[..39]), "{screen:?}");
    for shown in [ended.stdout, screen] {
        for obeyed in ["\u{1b}]", "\u{7}", "\u{1b}[2J", "\u{9b}", "\u{202e}"] {
            assert!(!shown.contains(obeyed), "{obeyed:?}: {shown:?}");
        }
    }
}

#[tokio::test]
async fn for_a_time_it_shows_each_change_and_then_the_table() {
    let arguments = ["--speed", "1000", "--for", "500s"];
    let ended = EXAMPLES.run(NAME, &arguments).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let (lines, table) = ended.stdout.split_once("best prices at ").unwrap();
    let (time, table) = table.split_once(" s\n").unwrap();
    assert!(time.parse::<u64>().unwrap() >= 500, "{time}");
    assert!(lines.contains(" s  Alder: no answer yet\n"), "{lines}");
    assert!(lines.contains(" s  Alder: allowed, 2.15\n"), "{lines}");
    assert!(lines.starts_with("1000 times faster than real time"));
    let miss = " s  Fir: quarantined: miss 1 of 3, next poll in ";
    assert!(lines.contains(miss), "{lines}");
    assert!(table.contains("  Alder "), "{table}");
}

#[tokio::test]
async fn when_no_store_has_a_price_it_ends_with_1() {
    let (_server, url) = open(Mall::new(fast()).with("Fir", ALWAYS, repeat(Down)));
    let arguments = ["--url", url.as_str(), "--for", "50ms"];
    let ended = EXAMPLES.run(NAME, &arguments).await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("best prices at 0 s\n"), "{ended:?}");
    assert_eq!(ended.stderr, "price_board: no store has a price\n");
}

#[tokio::test]
async fn stores_that_the_server_does_not_list_are_one_clear_line_and_end_with_2() {
    let (_server, url) = open(Mall::new(fast()).list_down(ALWAYS));
    let arguments = ["--url", url.as_str(), "--speed", "1000"];
    let ended = EXAMPLES.run(NAME, &arguments).await;
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
    assert_eq!(
        ended.stderr,
        format!(
            "price_board: cannot list the stores of {url}: the server answers 503 Service Unavailable\n"
        )
    );
}
