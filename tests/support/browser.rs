//! Chromium without a window, driven by chromedriver.

#[path = "chromedriver.rs"]
mod chromedriver;

use crate::skip::skip;
use chromedriver::{Driver, Extra};
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::error::NewSessionError;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
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
        let Some(driver) = Driver::start() else {
            skip("there is no chromedriver");
            return None;
        };
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
