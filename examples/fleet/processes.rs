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

    /// Kills one with SIGKILL, another each time, and starts another in its place.
    pub async fn kill_one(&mut self) -> Result<(), Failure> {
        let place = &mut self.places[self.next];
        place.child.kill().await.map_err(Failure::Process)?;
        // All that it told is heard.
        let _ = (&mut place.listening).await;
        let started = Place::start(&self.arguments, place.numbers());
        *place = started.map_err(Failure::Process)?;
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
            before,
            now,
            listening,
        })
    }

    fn numbers(&self) -> Numbers {
        let now = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.after(self.before)
    }
}
