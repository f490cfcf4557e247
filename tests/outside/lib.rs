//! Tests of what is seen and switched from outside: see `tests/`.
