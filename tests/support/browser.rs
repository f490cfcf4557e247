//! Chromium without a window, driven by chromedriver.

use crate::skip::skip;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::error::NewSessionError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};
use tokio::time;

/// How long anything on a page may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser, which ends when this is dropped.
pub struct Browser {
    pub client: Client,
    driver: Driver,
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Browser {
    /// None where there is no browser.
    pub async fn open() -> Option<Self> {
        let driver = Driver::start()?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let Value::Object(capabilities) = driver.capabilities() else {
            unreachable!("capabilities are an object")
        };
        builder.capabilities(capabilities);
        let url = format!("http://127.0.0.1:{}", driver.port);
        let client = match builder.connect(&url).await {
            Ok(client) => client,
            Err(NewSessionError::SessionNotCreated(error))
                if error.message.contains("cannot find Chrome binary") =>
            {
                skip("there is no Chromium");
                return None;
            }
            Err(error) => panic!("{error}"),
        };
        Some(Self { client, driver })
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// What the script gives. It may ask for an element, and for all of a kind.
    pub async fn run(&self, script: &str) -> Value {
        const SHORT: &str = "const $ = (selector) => document.querySelector(selector); \
            const $$ = (selector) => [...document.querySelectorAll(selector)]; \
            const rows = () => $('#workers').rows.length; \
            const squares = (state) => $$(`#squares .${state}`).length; ";
        let script = format!("{SHORT}{script}");
        self.client.execute(&script, vec![]).await.unwrap()
    }

    /// Waits until the script gives true.
    pub async fn until(&self, script: &str) {
        let started = Instant::now();
        while self.run(script).await != true {
            if started.elapsed() > PATIENCE {
                panic!("never: {script}\n{}", self.text("body").await);
            }
            time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Of what can be seen.
    pub async fn text(&self, selector: &str) -> String {
        let element = self.client.find(Locator::Css(selector)).await.unwrap();
        element.text().await.unwrap()
    }

    /// Presses a button, once it can be pressed.
    pub async fn click(&self, selector: &str) {
        self.until(&format!(
            "return $('{selector}:not(:disabled, [aria-disabled=true])') !== null"
        ))
        .await;
        let element = self.client.find(Locator::Css(selector)).await.unwrap();
        element.click().await.unwrap();
    }

    /// Chooses an option by its value.
    pub async fn select(&self, selector: &str, value: &str) {
        let element = self.client.find(Locator::Css(selector)).await.unwrap();
        element.select_by_value(value).await.unwrap();
    }

    /// Chooses a file, once one can be chosen.
    pub async fn choose(&self, selector: &str, file: &Path) {
        self.until(&format!("return !$('{selector}').disabled"))
            .await;
        let input = self.client.find(Locator::Css(selector)).await.unwrap();
        input.send_keys(file.to_str().unwrap()).await.unwrap();
    }

    /// Drags files over an element, and lets go of them there.
    pub async fn drop_files(&self, selector: &str, files: &[&Path]) {
        let script = format!(
            "const {{ x, y, width, height }} = $('{selector}').getBoundingClientRect(); \
             return [x + width / 2, y + height / 2]"
        );
        let place = self.run(&script).await;
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({
                "type": kind,
                "x": place[0],
                "y": place[1],
                "data": { "items": [], "files": files, "dragOperationsMask": 1 },
            });
            self.devtools("Input.dispatchDragEvent", event).await;
        }
    }

    pub async fn press(&self, keys: &[Key]) {
        for value in keys.iter().map(|key| char::from(*key)) {
            let keyboard = KeyActions::new("keyboard".to_owned())
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
            self.client.perform_actions(keyboard).await.unwrap();
        }
    }

    /// The id of what has the focus.
    pub async fn focus(&self) -> String {
        let id = self.run("return document.activeElement.id").await;
        id.as_str().unwrap().to_owned()
    }

    pub async fn size(&self, width: u32, height: u64) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Reduced motion is always asked for: what is looked at stands still.
    pub async fn prefer(&self, scheme: Scheme) {
        let scheme = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// What the window shows.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.extra("goog/cdp/execute", body).await
    }

    async fn extra(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Extra { path, body }).await.unwrap()
    }

    /// What the browser has complained of since the last time it was asked.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.extra("se/log", json!({ "type": "browser" })).await;
        log.as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect()
    }

    /// What was asked for since the last time this was asked.
    pub async fn urls(&self) -> Vec<String> {
        let log = self.extra("se/log", json!({ "type": "performance" })).await;
        let urls = log.as_array().unwrap().iter().filter_map(|entry| {
            let entry: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let sent = entry["message"]["method"] == "Network.requestWillBeSent";
            let url = entry["message"]["params"]["request"]["url"].as_str()?;
            sent.then(|| url.to_owned())
        });
        urls.collect()
    }

    /// Makes a file that can be chosen.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.driver.folder.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

/// A command that only chromedriver knows.
#[derive(Debug)]
struct Extra {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// chromedriver, which stops with its browser when this is dropped.
struct Driver {
    process: Child,
    /// Open, so that what it writes later has somewhere to go.
    _output: BufReader<ChildStdout>,
    port: u16,
    folder: PathBuf,
}

impl Driver {
    fn start() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = match command.spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                skip("there is no chromedriver");
                return None;
            }
            started => started.unwrap(),
        };
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let port = output.by_ref().lines().find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let Some(port) = port else {
            let status = process.wait();
            panic!("chromedriver ended without a port: {status:?}");
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{port}"));
        fs::create_dir_all(&folder).unwrap();
        Some(Self {
            process,
            _output: output,
            port,
            folder,
        })
    }

    fn capabilities(&self) -> Value {
        let profile = self.folder.join("profile");
        json!({
            "goog:chromeOptions": {
                "args": [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    // Whoever owns a name may let it mean this machine.
                    "--host-resolver-rules=MAP *.example 127.0.0.1",
                    format!("--user-data-dir={}", profile.display()),
                ],
            },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        })
    }

    /// Ends every browser that it started, and then itself.
    fn shut_down(&mut self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(Duration::from_secs(10)))?;
        connection
            .write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        connection.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.shut_down().is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
