//! Stores whose moods are written down, and their server.

use crate::api::Price;
use crate::clock::Clock;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future;
use std::iter::{repeat, repeat_n};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time;

/// What a store does when it is asked for its price.
#[derive(Debug, Clone, Copy)]
pub enum Mood {
    /// Gives it, in cents.
    Steady(u64),
    /// Gives it after a second.
    Slow(u64),
    /// Answers that it is too busy.
    Down,
    /// Answers something else.
    Confused,
    /// Says nothing.
    Hanging,
}

/// One mood for each time that the store is asked.
type Script = Box<dyn Iterator<Item = Mood> + Send>;

pub const ALWAYS: Range<Duration> = Duration::ZERO..Duration::MAX;

pub struct Mall {
    clock: Clock,
    stores: BTreeMap<&'static str, Store>,
    list_down: Range<Duration>,
}

struct Store {
    listed: Range<Duration>,
    script: Mutex<Script>,
}

impl Mall {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            stores: BTreeMap::new(),
            list_down: Duration::ZERO..Duration::ZERO,
        }
    }

    /// With a store that is listed at that time. When its script ends, it is down.
    pub fn with(
        mut self,
        name: &'static str,
        listed: Range<Duration>,
        script: impl IntoIterator<Item = Mood, IntoIter: Send + 'static>,
    ) -> Self {
        let script: Script = Box::new(script.into_iter());
        let script = Mutex::new(script);
        self.stores.insert(name, Store { listed, script });
        self
    }

    /// The stores cannot be listed at that time.
    pub fn list_down(mut self, when: Range<Duration>) -> Self {
        self.list_down = when;
        self
    }

    /// Ten stores that show everything that can happen within 25 minutes.
    pub fn demonstration(clock: Clock) -> Self {
        use Mood::{Confused, Down, Hanging, Slow, Steady};

        let at = Duration::from_secs;
        let moods = |steps: &'static [(usize, Mood)]| {
            let each = steps.iter().cycle();
            each.flat_map(|(times, mood)| repeat_n(*mood, *times))
        };
        Self::new(clock)
            .with(
                "Alder",
                ALWAYS,
                moods(&[(60, Steady(215)), (60, Steady(199))]),
            )
            .with("Birch", ALWAYS, moods(&[(20, Steady(189)), (1, Down)]))
            .with("Cedar", ALWAYS, repeat(Slow(205)))
            .with("Dogwood", ALWAYS, moods(&[(20, Steady(209)), (2, Down)]))
            .with(
                "Elm",
                ALWAYS,
                repeat_n(Steady(185), 20).chain(repeat(Hanging)),
            )
            .with("Fir", ALWAYS, repeat(Down))
            .with(
                "Ginkgo",
                ALWAYS,
                repeat_n(Down, 3).chain(repeat(Steady(179))),
            )
            .with("Hazel", at(0)..at(280), repeat(Steady(195)))
            .with("Ivy", at(800)..Duration::MAX, repeat(Steady(192)))
            .with(
                "Juniper",
                ALWAYS,
                moods(&[(30, Steady(221)), (1, Confused)]),
            )
            .list_down(at(550)..at(650))
    }

    /// The names of the stores, or nothing when they cannot be listed.
    pub fn list(&self) -> Option<Vec<String>> {
        let now = self.clock.now();
        if self.list_down.contains(&now) {
            return None;
        }
        let stores = self.stores.iter();
        let listed = stores.filter(|(_, store)| store.listed.contains(&now));
        Some(listed.map(|(name, _)| (*name).to_owned()).collect())
    }

    /// The mood of a store as it is asked once more, or nothing when there is no such store.
    pub fn ask(&self, store: &str) -> Option<Mood> {
        let store = self.stores.get(store)?;
        let mut script = store.script.lock().unwrap_or_else(PoisonError::into_inner);
        Some(script.next().unwrap_or(Mood::Down))
    }
}

impl Mood {
    /// How long the store takes to answer. Requests are made in real time, at any speed.
    pub async fn hesitate(self) {
        match self {
            Self::Slow(_) => time::sleep(Duration::from_secs(1)).await,
            Self::Hanging => future::pending().await,
            Self::Steady(_) | Self::Down | Self::Confused => {}
        }
    }
}

pub fn routes(mall: Arc<Mall>) -> Router {
    Router::new()
        .route("/stores", get(list))
        .route("/stores/{name}/price", get(price))
        .with_state(mall)
}

async fn list(State(mall): State<Arc<Mall>>) -> Result<Json<Vec<String>>, StatusCode> {
    let stores = mall.list().ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Json(stores))
}

async fn price(
    State(mall): State<Arc<Mall>>,
    Path(store): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let mood = mall.ask(&store).ok_or(StatusCode::NOT_FOUND)?;
    mood.hesitate().await;
    match mood {
        Mood::Steady(cents) | Mood::Slow(cents) => Ok(Json(json!(Price { cents }))),
        Mood::Confused => Ok(Json(json!("ask me later"))),
        Mood::Down | Mood::Hanging => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}
