fn legacy(client: &Client, worker: Worker) -> Result<Report, Error> {
    let sid = retry_block!(schedule = [1s, 2s, 0], on = is_rate_limited, enabled = flags.backoff() => {
        client.create(&worker)
    })?;
    Ok(Report::of(sid))
}

async fn modern(client: &Client, worker: Worker) -> Result<Report, Error> {
    let sid = retry_block!(schedule = [1s, 2s, 0], on = is_rate_limited => async { client.create(&worker).await })?;
    let phase = retry_block!(schedule = [5s, 5s, 0], jitter = 0 => async -> Option<Phase> { client.phase(&sid).await });
    Ok(Report::of(sid, phase))
}
