pub fn refresh(client: &Client) -> Result<Token, Error> {
    let token = retry_block!(schedule = [1s, 2s, 0], on = is_busy, enabled = flags::backoff() => {
        client.token()
    })?;
    Ok(token)
}
