//! `cargo retry play`: a page to try schedules on, served to this machine only. In: what is typed. Out: what comes of it.

mod answer;

use crate::args::PlayArgs;
use crate::error::Error;
use answer::{Answer, Question};
use axum::extract::{Query, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

const PAGE: &str = include_str!("page.html");

/// Nothing from elsewhere, and nothing to elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Serves until the process is ended.
pub(crate) fn run(args: &PlayArgs) -> Result<String, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await;
        let listener = listener.map_err(|error| {
            Error::Argument(format!(
                "cannot serve at port {}: {error}: `--port 0` takes any that is free",
                args.port
            ))
        })?;
        let address = listener.local_addr()?;
        let mut stdout = io::stdout();
        writeln!(stdout, "The page is http://{address}/ until Ctrl-C.")?;
        stdout.flush()?;
        axum::serve(listener, routes()).await?;
        Ok(String::new())
    })
}

fn routes() -> Router {
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/answer", get(answer))
        .layer(middleware::from_fn(guard))
}

async fn answer(Query(question): Query<Question>) -> Json<Answer> {
    // A simulation has a clock of its own, so it needs a thread of its own.
    let answer = tokio::task::spawn_blocking(move || Answer::to(&question)).await;
    Json(answer.unwrap_or_else(|_| Answer::wrong(vec!["this cannot be worked out".to_owned()])))
}

/// Pages of others cannot ask under another name for this address, and this page takes nothing from elsewhere.
async fn guard(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    if !matches!(name, Some("127.0.0.1" | "localhost")) {
        return (StatusCode::FORBIDDEN, "this page is for 127.0.0.1 only\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers: [(HeaderName, &'static str); 3] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
