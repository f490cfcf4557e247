"""A server that answers 503 to the first ten requests, and does its work from then on.

    scripts/fastapi target/fastapi
    target/fastapi/bin/python -B -m uvicorn server:app --app-dir examples/flaky
"""

from fastapi import FastAPI, HTTPException

app = FastAPI()
failed_attempts = 0
threshold_failures = 10


@app.get("/process")
async def process_request():
    global failed_attempts
    if failed_attempts < threshold_failures:
        failed_attempts += 1
        raise HTTPException(status_code=503, detail="Service Unavailable")
    return {"message": "Request processed successfully"}
