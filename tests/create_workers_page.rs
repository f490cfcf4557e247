//! The page of the example `create_workers` in a browser: Chromium without a window, driven by chromedriver.
//!
//! How the page looks is kept in `target/screenshots/`.

#[path = "../examples/create_workers/account.rs"]
#[allow(dead_code, reason = "the tests leave the environment alone")]
mod account;
#[path = "../examples/create_workers/bulk.rs"]
#[allow(dead_code, reason = "no function is hosted")]
mod bulk;
#[path = "../examples/create_workers/choice.rs"]
mod choice;
#[path = "../examples/create_workers/client.rs"]
mod client;
#[path = "../examples/create_workers/clock.rs"]
#[allow(dead_code, reason = "no page is shown in real time")]
mod clock;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "../examples/create_workers/endpoint.rs"]
mod endpoint;
#[path = "../examples/create_workers/history.rs"]
mod history;
#[path = "../examples/create_workers/progress.rs"]
#[allow(dead_code, reason = "only the page is looked at")]
mod progress;
#[path = "../examples/create_workers/report.rs"]
#[allow(dead_code, reason = "only the page is looked at")]
mod report;
#[path = "../examples/create_workers/runs.rs"]
#[allow(dead_code, reason = "nobody interrupts")]
mod runs;
#[path = "../examples/create_workers/server.rs"]
#[allow(dead_code, reason = "the API outlives the page")]
mod server;
#[path = "support/skip.rs"]
mod skip;
#[path = "../examples/create_workers/web.rs"]
mod web;
#[path = "../examples/create_workers/workers.rs"]
#[allow(dead_code, reason = "the page reads the file")]
mod workers;

use account::Account;
use bulk::Place;
use choice::Choice;
use client::Client;
use clock::Clock;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::error::NewSessionError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use runs::{Runs, Terms};
use serde_json::{Value, json};
use server::{Limits, Server};
use skip::skip;
use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time;
use web::Web;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/workers.csv");

/// How long anything on the page may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn five_hundred_workers_are_chosen_created_and_deleted() {
    let Some(page) = Page::open(10, limits(30, 20)).await else {
        return;
    };
    page.choose(Path::new(SAMPLE)).await;
    page.until("return rows() === 500").await;
    assert_eq!(
        page.text("#rows-title").await,
        "workers.csv: 500 workers, as they will be sent"
    );
    let first = page.run("return [...$('#workers').rows[0].cells].map((cell) => cell.textContent)");
    let attributes = r#"{"language":"sw","location":"Nairobi","roles":["agent"],"skills":["billing","hardware","warranty"]}"#;
    assert_eq!(
        first.await,
        json!(["1", "Kofi Tran", "not sent", attributes])
    );
    assert_eq!(page.squares("w").await, 500);

    page.click("#create").await;
    page.until("return squares('s') === 500 && !$('#report').hidden")
        .await;
    let counts = page.server.counts();
    assert_eq!(counts.created, 500);
    assert_eq!(page.fact("created").await, "500");
    assert_eq!(page.fact("failed").await, "0");
    assert_eq!(
        page.fact("requests sent").await,
        counts.requests.to_string()
    );
    assert_eq!(
        page.fact("429 answers").await,
        counts.rate_limited.to_string()
    );
    let status = page.text("#status").await;
    assert_eq!(status, "Finished: 500 of 500 created, 0 failed.");
    let charted = page.run("return [...$('#seconds').rows].map((row) => Number(row.cells[1].textContent.replace(',', ''))).reduce((a, b) => a + b)");
    assert_eq!(charted.await, counts.requests);
    let points = page
        .run("return $('polyline.requests').points.length")
        .await;
    assert!(points.as_u64() > Some(4), "{points}");
    page.picture("create_workers-light", 1280, false).await;
    page.picture("create_workers-dark", 1280, true).await;
    page.picture("create_workers-narrow-light", 390, false)
        .await;
    page.picture("create_workers-narrow-dark", 390, true).await;
    page.size(1280, 1000).await;
    page.browser.refresh().await.unwrap();
    page.until("return rows() === 500 && !$('#report').hidden")
        .await;
    assert_eq!(page.squares("s").await, 500);

    page.click("#delete").await;
    page.click("#sure-yes").await;
    page.until("return !$('#report').hidden && $('#status').textContent.includes('deleted')")
        .await;
    assert_eq!(
        page.text("#status").await,
        "Finished: 500 of 500 deleted, 0 failed."
    );
    assert_eq!(page.squares("s").await, 500);
    assert_eq!(page.server.counts().deleted, 500);
    assert_eq!(page.server_list().await, json!([]));
    page.has_no_complaints().await;
}

#[tokio::test]
async fn a_reload_and_a_second_window_in_the_middle_show_the_present_state() {
    // In real time the second retry comes after seconds, and finds one token for each of them.
    let Some(page) = Page::open(1, limits(1, 100)).await else {
        return;
    };
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    page.click("#create").await;
    page.until("return squares('s') >= 100 && squares('w') === 0")
        .await;
    page.browser.refresh().await.unwrap();
    page.shows_the_middle().await;
    page.picture("create_workers-running-light", 1280, false)
        .await;
    page.picture("create_workers-running-dark", 1280, true)
        .await;
    let window = page.browser.new_window(false).await.unwrap();
    page.browser.switch_to_window(window.handle).await.unwrap();
    page.goto().await;
    page.shows_the_middle().await;
    page.has_no_complaints().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_and_text_stays_text() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.choose(&page.file("nameless.csv", "name,roles\nAda,agent\n"))
        .await;
    page.until("return !$('#problem').hidden").await;
    let problem = page.text("#problem").await;
    assert_eq!(
        problem,
        "nameless.csv: The server refuses: there is no column `friendlyName`."
    );
    assert_eq!(page.run("return $('#create').ariaDisabled").await, "true");
    // Chromium reports every answer that refuses.
    assert_eq!(page.complaints().await.len(), 1);

    let large = format!("friendlyName\n{}", "Ada\n".repeat(300_000));
    page.choose(&page.file("large.csv", &large)).await;
    page.until("return $('#problem').textContent.includes('1024 KiB')")
        .await;

    let bad = "friendlyName,roles\n<img src=x onerror=document.title='run'>,<b>agent</b>\nGrace\n,agent\n";
    page.choose(&page.file("odd.csv", bad)).await;
    page.until("return rows() === 1").await;
    assert_eq!(page.run("return $('#problem').hidden").await, true);
    let malformed =
        page.run("return [...$('#malformed-rows').children].map((row) => row.textContent)");
    assert_eq!(
        malformed.await,
        json!([
            "Line 3: 2 fields expected, 1 found",
            "Line 4: no friendlyName"
        ])
    );
    assert_eq!(
        page.text("#malformed-title").await,
        "2 malformed rows, which will not be sent"
    );
    let name = "return $('#workers').rows[0].cells[1].textContent";
    assert_eq!(
        page.run(name).await,
        "<img src=x onerror=document.title='run'>"
    );
    page.click("#create").await;
    page.until("return squares('s') === 1 && !$('#report').hidden")
        .await;
    assert_eq!(
        page.run("return document.querySelectorAll('img, td b').length")
            .await,
        0
    );
    assert_eq!(page.browser.title().await.unwrap(), "Create workers");
    page.has_no_complaints().await;
}

#[tokio::test]
async fn the_page_says_that_the_server_has_gone_and_recovers_when_it_is_back() {
    let Some(mut page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    let addr = page.web.take().unwrap();
    let (addr, ()) = (addr.addr(), addr.stop().await);
    page.until("return !$('#offline').hidden").await;
    assert!(
        page.text("#offline")
            .await
            .starts_with("The server does not answer.")
    );
    assert_eq!(page.run("return $('#create').ariaDisabled").await, "true");
    page.web = Some(web(addr, &page.server, page.clock.clone(), limits(30, 20)).await);
    page.until("return $('#offline').hidden").await;
    assert_eq!(page.run("return rows()").await, 500);
    page.click("#create").await;
    page.until("return squares('s') === 500").await;
    assert_eq!(page.server.counts().created, 500);
}

#[tokio::test]
async fn everything_is_done_with_the_keyboard_alone() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.until("return !$('#sample').disabled").await;
    page.press(&[Key::Tab, Key::Tab]).await;
    assert_eq!(page.focus().await, "sample");
    let outline = "return getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(page.run(outline).await, "solid");
    page.press(&[Key::Enter]).await;
    page.until("return rows() === 500 && $('#create').ariaDisabled === 'false'")
        .await;
    // The rows can be scrolled by keys, so they come first.
    page.press(&[Key::Tab, Key::Tab]).await;
    assert_eq!(page.focus().await, "create");
    page.press(&[Key::Enter]).await;
    page.until("return squares('s') === 500 && !$('#report').hidden")
        .await;
    assert_eq!(page.focus().await, "create");
    page.press(&[Key::Tab, Key::Enter]).await;
    assert_eq!(page.run("return $('#sure').open").await, true);
    assert_eq!(page.focus().await, "sure-no");
    page.press(&[Key::Escape]).await;
    assert_eq!(page.run("return $('#sure').open").await, false);
    assert_eq!(page.focus().await, "delete");
    assert_eq!(page.server.counts().deleted, 0);
    page.has_no_complaints().await;
}

/// The page, in a browser of its own.
struct Page {
    browser: fantoccini::Client,
    server: Server,
    clock: Clock,
    web: Option<Web>,
    origin: String,
    driver: Driver,
}

impl Page {
    /// Shows it that many times faster than real time. None where there is no browser.
    async fn open(speed: u32, limits: Limits) -> Option<Self> {
        let driver = Driver::start()?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let Value::Object(capabilities) = driver.capabilities() else {
            unreachable!("capabilities are an object")
        };
        builder.capabilities(capabilities);
        let url = format!("http://127.0.0.1:{}", driver.port);
        let browser = match builder.connect(&url).await {
            Ok(browser) => browser,
            Err(NewSessionError::SessionNotCreated(error))
                if error.message.contains("cannot find Chrome binary") =>
            {
                skip("there is no Chromium");
                return None;
            }
            Err(error) => panic!("{error}"),
        };
        let account = Account::default();
        let clock = Clock::demonstration(NonZeroU32::new(speed).unwrap());
        let server = Server::bind("127.0.0.1:0", limits, &account, clock.clone());
        let server = server.await.unwrap();
        let addr = (Ipv4Addr::LOCALHOST, 0).into();
        let web = web(addr, &server, clock.clone(), limits).await;
        let page = Self {
            browser,
            origin: format!("http://{}/", web.addr()),
            server,
            clock,
            web: Some(web),
            driver,
        };
        page.size(1280, 1000).await;
        page.goto().await;
        Some(page)
    }

    /// Some squares are created, the others are retrying, and nothing else can be begun.
    async fn shows_the_middle(&self) {
        self.until("return squares('s') + squares('r') === 500")
            .await;
        // At once: between two questions, another worker may have been created.
        let states = "return [squares('s'), $('#workers').textContent.match(/created/g).length]";
        let states = self.run(states).await;
        let created = states[0].as_u64().unwrap();
        assert!((100..500).contains(&created), "{created}");
        assert_eq!(states, json!([created, created]));
        assert_eq!(self.run("return $('#create').ariaDisabled").await, "true");
        assert_eq!(self.run("return $('#file').disabled").await, true);
        assert_eq!(self.run("return $('#report').hidden").await, true);
    }

    async fn goto(&self) {
        self.browser.goto(&self.origin).await.unwrap();
    }

    /// What the script gives, which may ask for an element, and for the number of rows or squares.
    async fn run(&self, script: &str) -> Value {
        const SHORT: &str = "const $ = (selector) => document.querySelector(selector); \
            const rows = () => $('#workers').rows.length; \
            const squares = (state) => document.querySelectorAll(`#squares .${state}`).length; ";
        let script = format!("{SHORT}{script}");
        self.browser.execute(&script, vec![]).await.unwrap()
    }

    /// Waits until the script gives true.
    async fn until(&self, script: &str) {
        let started = Instant::now();
        while self.run(script).await != true {
            if started.elapsed() > PATIENCE {
                panic!("never: {script}\n{}", self.text("body").await);
            }
            time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn text(&self, selector: &str) -> String {
        let element = self.browser.find(Locator::Css(selector)).await.unwrap();
        element.text().await.unwrap()
    }

    /// What the final table says.
    async fn fact(&self, name: &str) -> String {
        let script = format!(
            "return [...$('#facts').rows].find((row) => row.cells[0].textContent === '{name}').cells[1].textContent"
        );
        self.run(&script).await.as_str().unwrap().to_owned()
    }

    async fn squares(&self, state: &str) -> u64 {
        let script = format!("return squares('{state}')");
        self.run(&script).await.as_u64().unwrap()
    }

    /// Presses a button, once it can be pressed.
    async fn click(&self, selector: &str) {
        self.until(&format!(
            "return $('{selector}:not(:disabled, [aria-disabled=true])') !== null"
        ))
        .await;
        let element = self.browser.find(Locator::Css(selector)).await.unwrap();
        element.click().await.unwrap();
    }

    async fn choose(&self, file: &Path) {
        self.until("return !$('#file').disabled").await;
        let input = self.browser.find(Locator::Css("#file")).await.unwrap();
        input.send_keys(file.to_str().unwrap()).await.unwrap();
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.driver.folder.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    async fn press(&self, keys: &[Key]) {
        for value in keys.iter().map(|key| char::from(*key)) {
            let keyboard = KeyActions::new("keyboard".to_owned())
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
            self.browser.perform_actions(keyboard).await.unwrap();
        }
    }

    /// The id of what has the focus.
    async fn focus(&self) -> String {
        let id = self.run("return document.activeElement.id").await;
        id.as_str().unwrap().to_owned()
    }

    async fn size(&self, width: u32, height: u64) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Keeps what the whole page looks like.
    async fn picture(&self, name: &str, width: u32, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
        self.size(width, 800).await;
        let fits =
            "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        assert_eq!(self.run(fits).await, true, "{name} scrolls sideways");
        let height = "return document.documentElement.scrollHeight";
        let height = self.run(height).await.as_u64().unwrap();
        self.size(width, height).await;
        let picture = self.browser.screenshot().await.unwrap();
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let folder = target.join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    async fn devtools(&self, command: &str, params: Value) {
        let body = json!({ "cmd": command, "params": params });
        self.extra("goog/cdp/execute", body).await;
    }

    async fn extra(&self, path: &'static str, body: Value) -> Value {
        self.browser.issue_cmd(Extra { path, body }).await.unwrap()
    }

    /// What the browser has complained of since the last time it was asked.
    async fn complaints(&self) -> Vec<String> {
        let log = self.extra("se/log", json!({ "type": "browser" })).await;
        log.as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect()
    }

    /// No error in the console, and no request to elsewhere.
    async fn has_no_complaints(&self) {
        assert_eq!(self.complaints().await, [] as [&str; 0]);
        let log = self.extra("se/log", json!({ "type": "performance" })).await;
        let urls: Vec<String> = log
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|entry| {
                let entry: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
                let sent = entry["message"]["method"] == "Network.requestWillBeSent";
                let url = entry["message"]["params"]["request"]["url"].as_str()?;
                sent.then(|| url.to_owned())
            })
            .collect();
        assert!(urls.contains(&self.origin), "{urls:?}");
        // A new window loads a page of the browser's own first, which is not fetched from anywhere.
        for url in urls.iter().filter(|url| !url.starts_with("chrome://")) {
            let is_own = url.starts_with(&self.origin) || url.starts_with("data:");
            assert!(is_own, "{url}");
        }
    }

    async fn server_list(&self) -> Value {
        let Account {
            sid,
            token,
            workspace,
        } = Account::default();
        let url = format!(
            "http://{}/v1/Workspaces/{workspace}/Workers",
            self.server.addr()
        );
        let request = http().get(url).basic_auth(sid, Some(token));
        let mut list: Value = request.send().await.unwrap().json().await.unwrap();
        list["workers"].take()
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

async fn web(addr: SocketAddr, server: &Server, clock: Clock, limits: Limits) -> Web {
    let url = format!("http://{}", server.addr());
    let client = Client::new(http(), &url, Account::default());
    let runs = Runs::new(Terms {
        client: Arc::new(client),
        place: Place::Program,
        choice: Choice::default(),
        clock,
        rate: Some(limits.rate),
        tell: |_| {},
    });
    let sample = fs::read(SAMPLE).unwrap();
    Web::bind(addr, Arc::new(runs), sample).await.unwrap()
}

fn limits(rate: u32, burst: u32) -> Limits {
    let [rate, burst] = [rate, burst].map(|limit| NonZeroU32::new(limit).unwrap());
    Limits { rate, burst }
}

fn http() -> reqwest::Client {
    common::http::client().no_proxy().build().unwrap()
}
