//! Who sends a request: from its headers, which a browser sets and no page can change, to a refusal or none.
//!
//! What is no browser says nothing of where it comes from, and is let through: it could as well ask the API itself.

use crate::refusal::Refusal;
use axum::extract::Request;
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;

/// Where a request comes from, in browsers that send no `Origin` with it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets the page of this server through. Others may link to it, and nothing else.
pub async fn only_own_page(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let opens_the_page = request.method() == Method::GET && request.uri().path() == "/";
    let refused = refused_host(headers)
        .or_else(|| refused_origin(headers, is_own).filter(|_| !opens_the_page));
    match refused {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    }
}

/// Lets pages of this machine through, whichever server they are from.
pub async fn only_local_pages(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let refused =
        refused_host(headers).or_else(|| refused_origin(headers, |origin, _| is_local(origin)));
    match refused {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    }
}

/// A name could be one that its owner lets mean this machine, so that a page of theirs has the same origin.
fn refused_host(headers: &HeaderMap) -> Option<Refusal> {
    let host = headers.get(HOST);
    let name = host.and_then(host_of);
    if name.is_some_and(|name| name == "localhost" || address(&name).is_some()) {
        return None;
    }
    let found = host.map_or("none", |host| host.to_str().unwrap_or("another"));
    Some(Refusal::new(
        StatusCode::FORBIDDEN,
        format_args!(
            "the header Host must be localhost or an address such as 127.0.0.1, and it is {found}: open \
             the page by its address"
        ),
    ))
}

/// A page from elsewhere may have nothing done here, not even by a request whose answer it cannot read.
fn refused_origin(
    headers: &HeaderMap,
    is_welcome: fn(&HeaderValue, &HeaderMap) -> bool,
) -> Option<Refusal> {
    let refused = match (headers.get(ORIGIN), headers.get(SEC_FETCH_SITE)) {
        (Some(origin), _) if is_welcome(origin, headers) => None,
        (Some(origin), _) => Some(origin.to_str().unwrap_or("elsewhere")),
        (None, Some(site)) if site == "cross-site" => Some("another site"),
        (None, _) => None,
    };
    refused.map(|from| {
        Refusal::new(
            StatusCode::FORBIDDEN,
            format_args!("the request comes from a page of {from}, which may not send it"),
        )
    })
}

fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let own = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, origin)| own == Some(origin))
}

pub fn is_local(origin: &HeaderValue) -> bool {
    host_of(origin).is_some_and(|host| {
        host == "localhost" || address(&host).is_some_and(|address| address.is_loopback())
    })
}

/// The host of an address, with or without its scheme and its port.
fn host_of(address: &HeaderValue) -> Option<String> {
    let uri: Uri = address.to_str().ok()?.parse().ok()?;
    Some(uri.host()?.to_owned())
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}
