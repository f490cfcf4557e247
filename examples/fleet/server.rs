//! A NATS server of one's own: found, started with JetStream on a folder, killed, and started again on the same port.

use async_nats::jetstream::{self, Context};
use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// What scripts/nats ends with where there is no server to be had.
const UNAVAILABLE: i32 = 3;

#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("no NATS server is to be had: {0}")]
    Unavailable(String),
    #[error("scripts/nats: {0}")]
    Script(String),
    #[error("cannot start a NATS server")]
    Start(#[from] io::Error),
    #[error("no NATS server answers at {0}")]
    Silent(String),
}

/// The server's program, which scripts/nats gets if it is not there.
pub fn program() -> Result<PathBuf, ServerError> {
    let script = Path::new("scripts/nats");
    // Packages within the repository are tested with it too.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let root = root.filter(|root| root.join(script).exists()).last();
    let root = root.ok_or_else(|| ServerError::Script("it is not there".to_owned()))?;
    let directory = root.join("target/nats");
    let output = Command::new(root.join(script)).arg(&directory).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(directory.join("bin/nats-server")),
        Some(UNAVAILABLE) => Err(ServerError::Unavailable(last_line(&said))),
        _ => Err(ServerError::Script(last_line(&said))),
    }
}

fn last_line(said: &str) -> String {
    said.lines().last().unwrap_or_default().to_owned()
}

pub async fn connect(url: &str) -> Result<Context, ServerError> {
    let connected = async_nats::connect(url).await;
    let client = connected.map_err(|_| ServerError::Silent(url.to_owned()))?;
    Ok(jetstream::new(client))
}

/// Runs until it is killed or dropped, and leaves nothing.
pub struct Server {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    child: Child,
}

impl Server {
    /// Starts it, with more settings for JetStream, and returns when JetStream answers.
    pub async fn start(program: PathBuf, folder: PathBuf, more: &str) -> Result<Self, ServerError> {
        fs::create_dir_all(&folder)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let data = folder.join("data");
        // What was acknowledged is on the disk: it survives the death of the machine, not of the server alone.
        let config = format!(
            "listen: 127.0.0.1:{port}\njetstream {{ store_dir: {data:?}, sync_interval: always, {more} }}\n"
        );
        fs::write(folder.join("nats.conf"), config)?;
        let child = spawn(&program, &folder)?;
        let server = Self {
            program,
            folder,
            port,
            child,
        };
        server.answers().await?;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// As SIGKILL does.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Starts what was killed.
    pub async fn start_again(&mut self) -> Result<(), ServerError> {
        self.child = spawn(&self.program, &self.folder)?;
        self.answers().await
    }

    async fn answers(&self) -> Result<(), ServerError> {
        let url = self.url();
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Ok(jetstream) = connect(&url).await {
                if jetstream.query_account().await.is_ok() {
                    return Ok(());
                }
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(ServerError::Silent(url))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn spawn(program: &Path, folder: &Path) -> io::Result<Child> {
    Command::new(program)
        .arg("--config")
        .arg(folder.join("nats.conf"))
        .arg("--log")
        .arg(folder.join("nats.log"))
        .stdin(Stdio::null())
        .spawn()
}
