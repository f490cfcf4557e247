//! The HTTP clients of the examples, which speak HTTPS too.

use reqwest::{Client, ClientBuilder};
use rustls::crypto::ring;

/// reqwest is built without cryptography of its own, so that it builds fast: every client is made by this.
pub fn client() -> ClientBuilder {
    // Whoever installed it before has installed the same.
    let _ = ring::default_provider().install_default();
    Client::builder()
}
