//! `cargo retry play` in a browser: Chromium without a window, driven by chromedriver.
//!
//! How the page looks is kept in `target/screenshots/`.

#[path = "../../tests/support/chromedriver.rs"]
mod chromedriver;
mod support;

use chromedriver::{Driver, Extra};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use support::{command, skip};

/// How long anything on the page may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_schedule_is_typed_and_all_of_it_is_shown() {
    let Some(page) = Page::open().await else {
        return;
    };
    page.until("return $('#storms tbody').rows.length === 2")
        .await;
    assert_eq!(page.text("#attempts").await, "6");
    assert_eq!(page.text("#worst").await, "37.2s");
    assert_eq!(
        page.text("#attribute").await,
        "#[retry(schedule = [1s, 2s, 4s, 8s, 16s, 0], jitter = 0.2, on = is_retryable)]"
    );
    let created = page
        .run("return [...$('#storms tbody').rows].map((row) => row.cells[1].textContent)")
        .await;
    assert_eq!(created, json!(["500", "134"]));
    let drawn = page
        .run("return $('#picture').complete && $('#picture').naturalWidth > 0")
        .await;
    assert_eq!(drawn, true);
    let alt = page.run("return $('#picture').alt").await;
    assert!(
        alt.as_str()
            .unwrap()
            .starts_with("Up to 6 attempts, with waits of 1s, 2s, 4s, 8s, 16s"),
        "{alt}"
    );

    page.type_into("#schedule", "exponential(1s, max = 5s, attempts = 4)")
        .await;
    page.until("return $('#worst').textContent === '8.4s'")
        .await;
    assert_eq!(page.text("#waits").await, "1s, 2s, 4s");
    page.type_into("#jitter", "full").await;
    page.until("return $('#attribute').textContent.includes('jitter = full')")
        .await;
    page.type_into("#schedule", "1s, 2s, ..").await;
    page.until("return $('#attempts').textContent === 'without end'")
        .await;
    assert_eq!(
        page.text("#remark").await,
        "An open list never ends, so its storm is not simulated."
    );
    page.type_into("#schedule", "1s, 2s, 0").await;
    page.type_into("#rate", "30").await;
    page.until("return $('#remark').textContent.startsWith('cannot read --rate 30')")
        .await;
    page.has_no_complaints().await;
}

#[tokio::test]
async fn mistakes_are_shown_in_the_words_of_the_compiler() {
    let Some(page) = Page::open().await else {
        return;
    };
    for (schedule, jitter, words) in [
        (
            "1s, 2s",
            "0.2",
            "the schedule does not end in `0`: entry 2, `2s`, is the wait after the last attempt",
        ),
        ("1, 0", "0.2", "`1` has no unit"),
        (
            "exponental(1s, attempts = 3)",
            "0.2",
            "there is no shape `exponental`: did you mean `exponential`",
        ),
        ("1s, 0", "2", "a jitter of 2 is out of range"),
        (
            "(1s, 0",
            "0.2",
            "this cannot be read: a bracket or a quote is not closed",
        ),
    ] {
        page.type_into("#jitter", jitter).await;
        page.type_into("#schedule", schedule).await;
        let words = json!(words);
        page.until(&format!(
            "return $('#mistakes').textContent.startsWith({words})"
        ))
        .await;
    }
    assert_eq!(
        page.run("return $('#schedule').getAttribute('aria-invalid')")
            .await,
        "true"
    );
    page.type_into("#schedule", "1s, 0").await;
    page.until("return $('#mistakes').children.length === 0 && $('#attempts').textContent === '2'")
        .await;
    page.has_no_complaints().await;
}

#[tokio::test]
async fn it_is_light_and_dark_fits_a_phone_and_is_used_by_keyboard() {
    let Some(page) = Page::open().await else {
        return;
    };
    page.until("return $('#storms tbody').rows.length === 2")
        .await;
    let mut backgrounds = Vec::new();
    for (name, width, is_dark) in [
        ("play-light", 1280, false),
        ("play-dark", 1280, true),
        ("play-narrow-light", 390, false),
        ("play-narrow-dark", 390, true),
        ("play-narrowest", 360, true),
    ] {
        page.picture(name, width, is_dark).await;
        backgrounds.push(
            page.run("return getComputedStyle(document.body).backgroundColor")
                .await,
        );
    }
    assert_eq!(backgrounds[0], backgrounds[2]);
    assert_eq!(backgrounds[1], backgrounds[3]);
    assert_ne!(backgrounds[0], backgrounds[1]);

    assert_eq!(
        page.run("return document.activeElement.id").await,
        "schedule"
    );
    let mut order = Vec::new();
    for _ in 0..5 {
        let focused = page.browser.active_element().await.unwrap();
        focused.send_keys("\u{e004}").await.unwrap();
        order.push(page.run("return document.activeElement.id").await);
    }
    assert_eq!(order, ["jitter", "clients", "rate", "burst", "copy"]);
    let labelled = page.run("return [...document.querySelectorAll('input')].every((input) => input.labels.length === 1)").await;
    assert_eq!(labelled, true);
    page.browser
        .active_element()
        .await
        .unwrap()
        .send_keys("\u{e007}")
        .await
        .unwrap();
    page.until("return $('#copy').textContent !== 'Copy'").await;
}

/// A page of somebody else's could ask under a name of its own that leads to this machine.
#[test]
fn whoever_asks_under_another_name_is_refused() {
    let play = Play::start();
    let ask = |host: &str, path: &str| {
        let mut connection = TcpStream::connect(("127.0.0.1", play.port)).unwrap();
        write!(
            connection,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("rebound.example", "/").starts_with("HTTP/1.1 403 "));
    let page = ask("127.0.0.1", "/");
    assert!(page.starts_with("HTTP/1.1 200 "));
    assert!(
        page.to_lowercase()
            .contains("content-security-policy: default-src 'none';"),
        "{page}"
    );
    assert!(
        ask(
            "localhost",
            "/answer?schedule=0&clients=1&rate=1/s&burst=1&width=300"
        )
        .contains("\"attempts\":\"1\"")
    );
    assert!(ask("localhost", "/answer").starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_port_that_is_taken_is_said() {
    let play = Play::start();
    let ended = support::retry(&["play", "--port", &play.port.to_string()]);
    assert_eq!(ended.status, 2);
    assert!(
        ended.stderr.starts_with(&format!(
            "cargo retry: cannot serve at port {}: ",
            play.port
        )),
        "{ended:?}"
    );
}

/// The command, which is killed when this is dropped.
struct Play {
    process: Child,
    port: u16,
}

impl Play {
    fn start() -> Self {
        let mut process = command(&["play", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line
            .strip_prefix("The page is http://127.0.0.1:")
            .and_then(|rest| rest.split('/').next());
        Self {
            port: port.unwrap().parse().unwrap(),
            process,
        }
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Page {
    browser: Client,
    origin: String,
    _driver: Driver,
    _play: Play,
}

impl Page {
    async fn open() -> Option<Self> {
        let Some(driver) = Driver::start() else {
            skip("there is no chromedriver");
            return None;
        };
        let capabilities = driver.capabilities().as_object().unwrap().clone();
        let address = format!("http://127.0.0.1:{}", driver.port);
        let browser = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await;
        let browser = match browser {
            Err(error) if format!("{error:?}").contains("binary") => {
                skip("there is no Chromium");
                return None;
            }
            started => started.unwrap(),
        };
        let play = Play::start();
        let origin = format!("http://127.0.0.1:{}/", play.port);
        browser.goto(&origin).await.unwrap();
        Some(Self {
            browser,
            origin,
            _driver: driver,
            _play: play,
        })
    }

    async fn run(&self, script: &str) -> Value {
        self.browser.execute(script, Vec::new()).await.unwrap()
    }

    async fn until(&self, script: &str) {
        let start = Instant::now();
        while self.run(script).await != true {
            let mistakes = self.text("#mistakes").await;
            assert!(
                start.elapsed() < PATIENCE,
                "never: {script}; the page says: {mistakes}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn text(&self, selector: &str) -> String {
        let text = self
            .run(&format!("return $('{selector}').textContent"))
            .await;
        text.as_str().unwrap().to_owned()
    }

    async fn type_into(&self, selector: &str, text: &str) {
        let input = self.browser.find(Locator::Css(selector)).await.unwrap();
        input.clear().await.unwrap();
        input.send_keys(text).await.unwrap();
    }

    /// The labels of the picture are as large as they are written, whatever the width.
    async fn picture_fits(&self, width: u32) {
        self.size(width, 800).await;
        self.until("const { naturalWidth, clientWidth } = $('#picture'); return naturalWidth === clientWidth")
            .await;
    }

    /// Keeps what the whole page looks like.
    async fn picture(&self, name: &str, width: u32, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
        self.picture_fits(width).await;
        let fits =
            "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        assert_eq!(self.run(fits).await, true, "{name} scrolls sideways");
        let height = self
            .run("return document.documentElement.scrollHeight")
            .await
            .as_u64()
            .unwrap();
        self.size(width, height).await;
        let picture = self.browser.screenshot().await.unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    async fn size(&self, width: u32, height: u64) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    async fn devtools(&self, command: &str, params: Value) {
        self.extra(
            "goog/cdp/execute",
            json!({ "cmd": command, "params": params }),
        )
        .await;
    }

    async fn extra(&self, path: &'static str, body: Value) -> Value {
        self.browser.issue_cmd(Extra { path, body }).await.unwrap()
    }

    /// No error in the console, and no request to elsewhere.
    async fn has_no_complaints(&self) {
        let complaints = self.extra("se/log", json!({ "type": "browser" })).await;
        assert_eq!(complaints, json!([]));
        let log = self.extra("se/log", json!({ "type": "performance" })).await;
        let sent = log.as_array().unwrap().iter().filter_map(|entry| {
            let entry: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let url = entry["message"]["params"]["request"]["url"]
                .as_str()?
                .to_owned();
            (entry["message"]["method"] == "Network.requestWillBeSent").then_some(url)
        });
        let urls: Vec<String> = sent.collect();
        assert!(urls.contains(&self.origin), "{urls:?}");
        for url in urls.iter().filter(|url| !url.starts_with("chrome://")) {
            assert!(
                url.starts_with(&self.origin) || url.starts_with("data:"),
                "{url}"
            );
        }
    }
}
