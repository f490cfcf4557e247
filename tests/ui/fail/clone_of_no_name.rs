use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true, clone = request)]
fn one(request: String) -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, clone = [request.id, 7])]
fn parts(request: Request) -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, clone = request.id)]
fn part(request: Request) -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, clone = [request, token, request])]
fn twice(request: Request, token: String) -> Result<(), Down> {
    Err(Down)
}

struct Request;

struct Down;

fn main() {}
