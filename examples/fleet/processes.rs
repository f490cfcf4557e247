//! The worker processes: started, killed and started again. The lines that they tell flow in; numbers flow out.

use crate::args::Show;
use crate::failure::Failure;
use crate::tally::Numbers;
use std::io;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a process that was asked to stop may take.
const GRACE: Duration = Duration::from_secs(15);
/// How often a process may end by itself before it has begun a job. One that is started while the server is away does so.
const FALSE_STARTS: usize = 3;

pub struct Processes {
    arguments: Vec<String>,
    places: Vec<Place>,
    /// The place of the process that is killed next.
    next: usize,
    killed: usize,
}

/// A process, and those that were killed before it.
struct Place {
    child: Child,
    /// How many in a row ended by themselves before they had begun a job.
    false_starts: usize,
    before: Numbers,
    now: Arc<Mutex<Numbers>>,
    listening: JoinHandle<()>,
}

impl Processes {
    pub fn start(args: &Show, nats: &str, api: SocketAddr) -> Result<Self, Failure> {
        let arguments = vec![
            "work".to_owned(),
            "--until-eof".to_owned(),
            format!("--nats={nats}"),
            format!("--api=http://{api}"),
            format!("--rate={}", args.rate),
        ];
        let places =
            (0..args.processes.get()).map(|_| Place::start(&arguments, Numbers::default()));
        Ok(Self {
            places: places.collect::<Result<_, _>>().map_err(Failure::Process)?,
            arguments,
            next: 0,
            killed: 0,
        })
    }

    pub fn numbers(&self) -> Vec<Numbers> {
        self.places.iter().map(Place::numbers).collect()
    }

    /// Starts another in place of each that ended by itself, unless none that is started there begins.
    pub async fn replace_ended(&mut self) -> Result<(), Failure> {
        for (index, place) in self.places.iter_mut().enumerate() {
            let Some(status) = place.child.try_wait().map_err(Failure::Process)? else {
                continue;
            };
            place.replace(&self.arguments).await?;
            if place.false_starts == FALSE_STARTS {
                return Err(Failure::Ended {
                    number: index + 1,
                    times: FALSE_STARTS,
                    status,
                });
            }
        }
        Ok(())
    }

    /// Kills one with SIGKILL, another each time, and starts another in its place.
    pub async fn kill_one(&mut self) -> Result<(), Failure> {
        let place = &mut self.places[self.next];
        let false_starts = place.false_starts;
        place.child.kill().await.map_err(Failure::Process)?;
        place.replace(&self.arguments).await?;
        // It did not end by itself.
        place.false_starts = false_starts;
        self.next = (self.next + 1) % self.places.len();
        self.killed += 1;
        Ok(())
    }

    /// Lets all stop by themselves, and says how many were killed.
    pub async fn stop(mut self) -> usize {
        for place in &mut self.places {
            drop(place.child.stdin.take());
        }
        for place in &mut self.places {
            let _ = timeout(GRACE, place.child.wait()).await;
        }
        self.killed
    }
}

impl Place {
    fn start(arguments: &[String], before: Numbers) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let now = Arc::new(Mutex::new(Numbers::default()));
        let lines = child
            .stdout
            .take()
            .map(|stdout| BufReader::new(stdout).lines());
        let heard = Arc::clone(&now);
        let listening = tokio::spawn(async move {
            let Some(mut lines) = lines else { return };
            while let Ok(Some(line)) = lines.next_line().await {
                if let Ok(numbers) = line.parse() {
                    *heard.lock().unwrap_or_else(PoisonError::into_inner) = numbers;
                }
            }
        });
        Ok(Self {
            child,
            false_starts: 0,
            before,
            now,
            listening,
        })
    }

    /// Starts another where this one has ended.
    async fn replace(&mut self, arguments: &[String]) -> Result<(), Failure> {
        // All that it told is heard.
        let _ = (&mut self.listening).await;
        let numbers = self.numbers();
        let has_begun = numbers.fetched > self.before.fetched;
        let false_starts = if has_begun { 0 } else { self.false_starts + 1 };
        let started = Self::start(arguments, numbers).map_err(Failure::Process)?;
        *self = Self {
            false_starts,
            ..started
        };
        Ok(())
    }

    fn numbers(&self) -> Numbers {
        let now = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.after(self.before)
    }
}
