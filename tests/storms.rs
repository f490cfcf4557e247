//! What many clients together do to a service, simulated on tokio's paused clock: the numbers by which to choose a schedule, a
//! jitter and a budget.
//!
//! Jitter is drawn from the operating system, so no two runs are alike: each range here is wider than what hundreds of runs
//! gave. `cargo test --test storms -- --nocapture --test-threads 1` shows the tables.

use futures::future::join_all;
use retry_core::{AttemptTimeout, Jitter, RetryBudget, Schedule, retry, retry_block};
use std::cell::Cell;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

#[derive(Debug)]
struct Failed;

impl From<AttemptTimeout> for Failed {
    fn from(_: AttemptTimeout) -> Self {
        Self
    }
}

fn schedule(text: &str) -> Schedule {
    text.parse().expect("it is a schedule")
}

/// Five hundred clients start at once, at a server that takes a limited number of requests per second and refuses the others.
mod five_hundred_at_once {
    use super::*;

    const CLIENTS: usize = 500;
    const BURST: f64 = 20.0;
    /// The server reads one request after another, five hundred in a tenth of a second: during that time, too, the limiter
    /// lets some through. If reading took no time, clients in lockstep would get 20 through each time, and no more.
    const READING: Duration = Duration::from_micros(210);

    /// A bucket of tokens that is full at first.
    struct Limiter {
        per_second: f64,
        tokens: Cell<f64>,
        last_read: Cell<Instant>,
    }

    impl Limiter {
        fn new(per_second: f64) -> Self {
            Self {
                per_second,
                tokens: Cell::new(BURST),
                last_read: Cell::new(Instant::now()),
            }
        }

        async fn create(&self) -> Result<(), Failed> {
            let last_read = self.last_read.get();
            let read = last_read.max(Instant::now()) + READING;
            let filled = self.per_second * (read - last_read).as_secs_f64();
            let tokens = BURST.min(self.tokens.get() + filled);
            let taken = tokens >= 1.0;
            self.last_read.set(read);
            self.tokens.set(if taken { tokens - 1.0 } else { tokens });
            sleep_until(read).await;
            if taken { Ok(()) } else { Err(Failed) }
        }
    }

    #[retry(schedule = schedule, jitter = jitter, on = |_| true)]
    async fn create(limiter: &Limiter, schedule: &Schedule, jitter: Jitter) -> Result<(), Failed> {
        limiter.create().await
    }

    /// How many of the clients get through.
    async fn created(per_second: f64, schedule: &Schedule, jitter: Jitter) -> usize {
        let limiter = Limiter::new(per_second);
        let clients = (0..CLIENTS).map(|_| create(&limiter, schedule, jitter));
        join_all(clients).await.iter().flatten().count()
    }

    #[tokio::test(start_paused = true)]
    async fn they_all_get_through_with_jitter_and_enough_retries() {
        const ALL: RangeInclusive<usize> = CLIENTS..=CLIENTS;

        let jitters = [
            Jitter::none(),
            Jitter::default(),
            Jitter::full(),
            Jitter::equal(),
        ];
        let three = schedule("1s, 2s, 4s, 0");
        let five = schedule("1s, 2s, 4s, 8s, 16s, 0");
        let table = [
            (30.0, &three, [86..=94, 182..=212, 184..=230, 196..=230]),
            (30.0, &five, [130..=138, ALL, 450..=499, ALL]),
            (100.0, &three, [112..=124, 384..=470, 413..=497, 436..=500]),
            (100.0, &five, [168..=180, ALL, 490..=500, ALL]),
        ];

        println!("\ncreated of {CLIENTS}     no jitter  ±20 %   full  equal");
        for (per_second, schedule, ranges) in table {
            let retries = schedule.waits().len();
            print!("{per_second:>3}/s, {retries} retries  ");
            for (jitter, range) in jitters.into_iter().zip(ranges) {
                let created = created(per_second, schedule, jitter).await;
                print!("{created:>7}");
                assert!(range.contains(&created), "{created} not in {range:?}");
            }
            println!();
        }
    }
}

/// Every attempt of every call fails.
mod total_outage {
    use super::*;

    const RETRIES: usize = 3;

    #[retry(schedule = [1s, 1s, 1s, 0], on = |_| true)]
    async fn without_budget(requests: &Cell<usize>) -> Result<(), Failed> {
        requests.set(requests.get() + 1);
        Err(Failed)
    }

    #[retry(schedule = [1s, 1s, 1s, 0], on = |_| true, budget = budget)]
    async fn refused(requests: &Cell<usize>, budget: &RetryBudget) -> Result<(), Failed> {
        requests.set(requests.get() + 1);
        Err(Failed)
    }

    #[retry(schedule = [1s, 1s, 1s, 0], on = |_| true, budget = budget, attempt_timeout = 1s)]
    async fn unanswered(requests: &Cell<usize>, budget: &RetryBudget) -> Result<(), Failed> {
        requests.set(requests.get() + 1);
        std::future::pending().await
    }

    /// How many requests that many calls make together.
    async fn requests(
        calls: usize,
        call: impl AsyncFn(&Cell<usize>) -> Result<(), Failed>,
    ) -> usize {
        let requests = Cell::new(0);
        let results = join_all((0..calls).map(|_| call(&requests))).await;
        assert!(results.iter().all(Result::is_err));
        requests.get()
    }

    /// Requests per call are at most 1 + capacity / calls, where the capacity is that of a full bucket in retries.
    #[tokio::test(start_paused = true)]
    async fn there_are_no_more_retries_than_a_full_budget_pays_for() {
        type Rule = (&'static str, fn() -> RetryBudget, usize, usize);

        let rules: [Rule; 3] = [
            // The reserve.
            ("percent(0.1, 10)", || RetryBudget::percent(0.1, 10), 10, 10),
            // 100 tokens, and more than half of them must be left.
            ("grpc(100, 0.1)", || RetryBudget::grpc(100, 0.1), 49, 49),
            // 500 tokens, of which a retry takes 5, and one after a timeout 10.
            ("aws_standard()", RetryBudget::aws_standard, 100, 50),
        ];

        println!("\nrequests in an outage    calls  errors  timeouts");
        for calls in [10, 100, 1_000] {
            let all = requests(calls, without_budget).await;
            println!("without a budget         {calls:>5} {all:>7}");
            assert_eq!(all, calls * (1 + RETRIES));
            for (rule, budget, after_errors, after_timeouts) in rules {
                let shared = budget();
                let errors = requests(calls, async |n| refused(n, &shared).await).await;
                let shared = budget();
                let timeouts = requests(calls, async |n| unanswered(n, &shared).await).await;
                println!("{rule:24} {calls:>5} {errors:>7} {timeouts:>9}");
                let allowed = |capacity: usize| calls + capacity.min(calls * RETRIES);
                assert_eq!(errors, allowed(after_errors), "{rule}");
                assert_eq!(timeouts, allowed(after_timeouts), "{rule}");
            }
        }
    }
}

/// A service is slow for ten seconds, and then as fast as before.
///
/// It answers requests one after another, 100 per second, and gets 80 calls per second, evenly spread. It lets 300 requests
/// queue and refuses more. A client gives an attempt up after a second, but its request stays in the queue and is answered for
/// nobody. Behind a full queue a request takes three seconds: the service is as busy as it can be, and every answer is too late.
/// Calls of four attempts then make up to 320 requests per second, which keep the queue full long after the service is well
/// again. This is the metastable failure of Bronson, Aghayev, Charapko and Zhu, "Metastable Failures in Distributed Systems",
/// `HotOS` 2021: a load that is high but bearable, something that triggers a collapse, and retries that sustain it.
mod brown_out {
    use super::*;

    const WORK: Duration = Duration::from_millis(10);
    const QUEUE: usize = 300;
    const LOAD: usize = 80;
    const BETWEEN_CALLS: Duration = Duration::from_micros(1_000_000 / LOAD as u64);

    /// In seconds.
    const SLOW: Range<usize> = 5..15;
    const END: usize = 80;

    type Request = oneshot::Sender<()>;

    async fn serve(mut queue: mpsc::Receiver<Request>) {
        let started = Instant::now();
        while let Some(request) = queue.recv().await {
            let slow = SLOW.contains(&second(started.elapsed()));
            sleep(if slow { 100 * WORK } else { WORK }).await;
            // Where the client has given up, the work is wasted.
            let _ = request.send(());
        }
    }

    async fn ask(service: &mpsc::Sender<Request>) -> Result<(), Failed> {
        let (request, answer) = oneshot::channel();
        service.try_send(request).map_err(|_| Failed)?;
        answer.await.map_err(|_| Failed)
    }

    struct Client {
        schedule: Schedule,
        jitter: Jitter,
        budget: Option<RetryBudget>,
    }

    impl Client {
        fn new(schedule: &str, jitter: Jitter, budget: Option<RetryBudget>) -> Self {
            Self {
                schedule: self::schedule(schedule),
                jitter,
                budget,
            }
        }

        async fn call(&self, service: &mpsc::Sender<Request>) -> Result<(), Failed> {
            let (schedule, jitter) = (&self.schedule, self.jitter);
            match &self.budget {
                None => {
                    retry_block!(schedule = schedule, jitter = jitter, on = |_| true, attempt_timeout = 1s
                        => async { ask(service).await })
                }
                Some(budget) => {
                    retry_block!(schedule = schedule, jitter = jitter, on = |_| true, attempt_timeout = 1s, budget = budget
                        => async { ask(service).await })
                }
            }
        }

        /// How many calls succeed in each second.
        async fn goodput(&self) -> Vec<usize> {
            let (service, queue) = mpsc::channel(QUEUE);
            tokio::spawn(serve(queue));
            let started = Instant::now();
            let calls = (0..)
                .map(|call| BETWEEN_CALLS * call)
                .take_while(|start| second(*start) < END)
                .map(async |start| {
                    sleep_until(started + start).await;
                    self.call(&service).await?;
                    Ok::<_, Failed>(second(started.elapsed()))
                });
            let ends = join_all(calls).await;
            (0..END)
                .map(|second| ends.iter().flatten().filter(|end| **end == second).count())
                .collect()
        }
    }

    fn second(time: Duration) -> usize {
        time.as_secs() as usize
    }

    /// The second from which on nearly all calls succeed.
    fn recovery(goodput: &[usize]) -> usize {
        let bad = goodput.iter().rposition(|calls| *calls < LOAD * 9 / 10);
        bad.map_or(0, |second| second + 1)
    }

    const SHOWN: [usize; 8] = [4, 14, 20, 25, 27, 30, 45, 75];

    fn print(name: &str, numbers: [usize; SHOWN.len()]) {
        println!("{name:24}{numbers:>4?}");
    }

    #[tokio::test(start_paused = true)]
    async fn retries_keep_the_service_down_whatever_the_jitter() {
        let four = "1s, 2s, 4s, 0";
        let six = "1s, 2s, 4s, 8s, 16s, 0";
        let never_empty = Some(RetryBudget::percent(0.1, 100_000));
        let clients = [
            ("4 attempts, no jitter", four, Jitter::none(), None),
            ("4 attempts, ±20 %", four, Jitter::default(), None),
            ("4 attempts, full jitter", four, Jitter::full(), None),
            ("6 attempts, full jitter", six, Jitter::full(), None),
            ("percent(0.1, 100_000)", four, Jitter::full(), never_empty),
        ];
        print("\nserved in second", SHOWN);
        for (name, schedule, jitter, budget) in clients {
            let goodput = Client::new(schedule, jitter, budget).goodput().await;
            print(name, SHOWN.map(|second| goodput[second]));
            assert_eq!(goodput[..SLOW.start], [LOAD; SLOW.start], "{name}");
            let after = &goodput[SLOW.end..];
            assert!(
                after.iter().all(|calls| *calls < LOAD / 10),
                "{name}: {after:?}"
            );
        }
    }

    /// Ten seconds of failures empty a budget of any usual size: what the calls themselves come to is all that is left.
    #[tokio::test(start_paused = true)]
    async fn with_a_budget_it_recovers_as_fast_as_without_retries() {
        let budgets = [
            ("percent(0.1, 10)", RetryBudget::percent(0.1, 10)),
            ("grpc(10, 0.1)", RetryBudget::grpc(10, 0.1)),
            ("aws_standard()", RetryBudget::aws_standard()),
        ];
        print("\nserved in second", SHOWN);
        let goodput = Client::new("0", Jitter::none(), None).goodput().await;
        print("no retries", SHOWN.map(|second| goodput[second]));
        let without_retries = recovery(&goodput);
        // The queue was full, and gets twenty shorter per second until a request takes less than a second again.
        assert!((24..=27).contains(&without_retries), "{goodput:?}");
        for (name, budget) in budgets {
            let client = Client::new("1s, 2s, 4s, 0", Jitter::full(), Some(budget));
            let goodput = client.goodput().await;
            print(name, SHOWN.map(|second| goodput[second]));
            assert!(
                recovery(&goodput) <= without_retries + 2,
                "{name}: {goodput:?}"
            );
        }
    }
}
