//! What a hook or a sleeper gives back, which has to be nothing. It flows in and is gone.

/// Takes what a hook gave, or a sleeper of sync code.
///
/// If that were dropped whatever it is, the future of an `async fn` would be dropped too, and its body would not run.
#[doc(hidden)]
#[inline(always)]
pub const fn told<T: Nothing>(_: T) {}

/// `()`, and what a function gives that never returns.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "what is called between two attempts gives nothing back, and this gives `{Self}`",
    label = "this gives `{Self}`, which would be dropped",
    note = "an `async fn` is not awaited here, so its body would not run: write a plain function",
    note = "if the value is not needed, drop it in a closure, as in `|event| {{ log(event); }}`"
)]
pub trait Nothing: Copy {}

impl Nothing for () {}

#[diagnostic::do_not_recommend]
impl Nothing for <fn() -> ! as Output>::Output {}

/// The type `!` has no name yet, except as the output of a function.
#[doc(hidden)]
pub trait Output {
    type Output;
}

impl<T> Output for fn() -> T {
    type Output = T;
}
