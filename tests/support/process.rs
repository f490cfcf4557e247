//! Examples as processes: built as the test is, listened to, interrupted, and killed when they are dropped.

#![allow(dead_code, reason = "no test uses all of it")]

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time;

/// Nothing takes so long, however slow the machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// The examples that a test runs.
pub struct Examples {
    names: &'static [&'static str],
    folder: OnceLock<PathBuf>,
}

impl Examples {
    pub const fn new(names: &'static [&'static str]) -> Self {
        Self {
            names,
            folder: OnceLock::new(),
        }
    }

    /// With pipes from both of its outputs.
    pub fn command(&self, example: &str, arguments: &[&str]) -> Command {
        assert!(self.names.contains(&example), "{example} is not built");
        let mut command = Command::new(self.folder.get_or_init(|| build(self.names)).join(example));
        command
            .args(arguments)
            // A proxy would look for the loopback port on its own machine.
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn start(&self, example: &str, arguments: &[&str]) -> Process {
        Process::start(&mut self.command(example, arguments))
    }

    pub async fn run(&self, example: &str, arguments: &[&str]) -> Ended {
        self.start(example, arguments).end().await
    }
}

/// Builds the examples in the way and at the place that the test itself was, so that none is missing or an old one.
fn build(examples: &[&str]) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap();
    let profile = match built.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        profile => profile,
    };
    let mut cargo = std::process::Command::new(env!("CARGO"));
    // What cargo tells a test of its package makes it build those dependencies anew that look at the same variables.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_MANIFEST_", "CARGO_PKG_"]
            .iter()
            .any(|part| name.starts_with(part))
        {
            cargo.env_remove(&*name);
        }
    }
    let status = cargo
        .args(["build", "--quiet", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .args(["--profile", profile, "--target-dir"])
        .arg(built.parent().unwrap())
        .args(examples.iter().flat_map(|example| ["--example", example]))
        .status();
    assert!(status.unwrap().success());
    built.join("examples")
}

pub struct Process {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: Option<BufReader<ChildStderr>>,
}

/// How a process ended, and what it wrote that was not read before.
#[derive(Debug)]
pub struct Ended {
    /// None if a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.kill_on_drop(true).spawn().unwrap();
        Self {
            stdout: child.stdout.take().map(BufReader::new),
            stderr: child.stderr.take().map(BufReader::new),
            child,
        }
    }

    /// The next line of its standard output with that in it.
    pub async fn tells(&mut self, part: &str) -> String {
        find(self.stdout.as_mut().unwrap(), part).await
    }

    /// The next line of its standard error with that in it.
    pub async fn says(&mut self, part: &str) -> String {
        find(self.stderr.as_mut().unwrap(), part).await
    }

    pub fn close_stdout(&mut self) {
        self.stdout = None;
    }

    pub fn close_stderr(&mut self) {
        self.stderr = None;
    }

    /// As Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        let pid = libc::pid_t::try_from(self.child.id().unwrap()).unwrap();
        // SAFETY: the child is ours and was not waited for, so the number is still its own.
        assert_eq!(unsafe { libc::kill(pid, libc::SIGINT) }, 0);
    }

    pub async fn end(mut self) -> Ended {
        let end = async { futures::join!(rest(self.stdout), rest(self.stderr), self.child.wait()) };
        let (stdout, stderr, status) = time::timeout(LIMIT, end).await.expect("an end");
        Ended {
            status: status.unwrap().code(),
            stdout,
            stderr,
        }
    }
}

async fn find(pipe: &mut (impl AsyncBufRead + Unpin), part: &str) -> String {
    let mut read = String::new();
    let find = async {
        loop {
            let start = read.len();
            let ended = pipe.read_line(&mut read).await.unwrap() == 0;
            assert!(!ended, "it ended without {part:?}: {read}");
            let line = read[start..].trim_end();
            if line.contains(part) {
                return line.to_owned();
            }
        }
    };
    time::timeout(LIMIT, find).await.expect(part)
}

async fn rest(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let mut text = String::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_string(&mut text).await.unwrap();
    }
    text
}

/// An empty folder of the test's own.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(env!("CARGO_CRATE_NAME"))
        .join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => fs::create_dir_all(&folder).unwrap(),
    }
    folder
}
