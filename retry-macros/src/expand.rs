//! Writes the loop. Nothing is decided here.
//!
//! Locals are at `Span::mixed_site()`, so that they and the user's own never meet; paths start at the root, so that no
//! item of the user's can stand in for one of ours.

use crate::args::Jitter;
use crate::block::Block;
use crate::callable::{Callable, with_argument_type};
use crate::check::{Again, Plan, Sleeper};
use crate::function::{AsyncBlock, Function, Kind, refill, split_inner_attributes};
use crate::limits;
use crate::schedule::Schedule;
use crate::types::nameable;
use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::time::Duration;

/// `quote!` with the hygiene of the macro.
macro_rules! quote_ours {
    ($($tokens:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*) };
}
pub(crate) use quote_ours;

/// A place in the source, with the hygiene of the macro: the compiler points there, and lints for what people write
/// leave it alone.
fn ours_at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

pub(crate) fn function(plan: &Plan, function: &Function, docs: &TokenStream) -> TokenStream {
    let Function {
        attributes,
        signature,
        output,
        kind,
        span,
        ..
    } = function;
    let span = ours_at(*span);
    let (inner_attributes, statements) = split_inner_attributes(&function.body);
    let body = refill(&function.body, statements.clone());
    let body = match kind {
        Kind::Sync => {
            let ty = output.as_ref().map(nameable);
            let attempt = quote_spanned!(span=> (|| -> #ty #body)());
            if plan.counts() {
                indexed_loop(plan, &attempt, false, &quote!(return))
            } else {
                for_loop(plan, &attempt)
            }
        }
        Kind::Async => {
            let attempt = async_attempt(
                plan,
                &quote_spanned!(span=> async),
                output.as_ref(),
                &statements,
            );
            indexed_loop(plan, &attempt, true, &quote!(return))
        }
        Kind::InAsyncBlock(AsyncBlock {
            before,
            pin,
            keywords,
            moves,
            attempt,
            after,
        }) => {
            let attempt = async_attempt(
                plan,
                &quote_spanned!(span=> async),
                output.as_ref(),
                attempt,
            );
            let looped = indexed_loop(plan, &attempt, true, &quote!(return));
            let future = quote_ours!(#(#keywords)* { #moves #looped } #(#after)*);
            if pin.is_empty() {
                quote!(#(#before)* #future)
            } else {
                quote!(#(#before)* #(#pin)* (#future))
            }
        }
        Kind::ReturnsFuture { boxed, ty } => {
            let arrow = if *boxed { Some(quote!(-> #ty)) } else { None };
            let attempt = quote_spanned!(span=> (|| #arrow #body)());
            let looped = indexed_loop(plan, &attempt, true, &quote!(return));
            let future = quote_spanned!(span=> async move { #looped });
            if *boxed {
                quote_ours!(::std::boxed::Box::pin(#future))
            } else {
                future
            }
        }
    };
    let body = refill(&function.body, quote!(#inner_attributes #body));
    quote!(#attributes #docs #signature #body)
}

pub(crate) fn block(plan: &Plan, block: &Block) -> TokenStream {
    let attempt = if block.is_async() {
        async_attempt(
            plan,
            &block.keywords,
            block.output.as_ref(),
            &block.body.stream(),
        )
    } else {
        sync_attempt(block)
    };
    let looped = indexed_loop(plan, &attempt, block.is_async(), &quote!(break));
    quote!({ #looped })
}

/// The block without its loop, for when the keys are wrong: what is in it is still seen.
pub(crate) fn block_alone(block: &Block) -> TokenStream {
    let Block { keywords, body, .. } = block;
    if block.is_async() {
        quote_ours!(#keywords #body.await)
    } else {
        sync_attempt(block)
    }
}

fn sync_attempt(block: &Block) -> TokenStream {
    let body = &block.body;
    let arrow = block.output.as_ref().map(|ty| quote!(-> #ty));
    quote_spanned!(ours_at(block.span)=> (|| #arrow #body)())
}

/// Input:  `return Ok(client.get(id).await?)`
/// Output: `async { .. return Ok(client.get(id).await?) }`
///
/// The type of an async block cannot be written down; a `return` that is never taken says it instead.
fn async_attempt(
    plan: &Plan,
    keywords: &TokenStream,
    output: Option<&TokenStream>,
    statements: &TokenStream,
) -> TokenStream {
    let krate = &plan.krate;
    let typed = output.map(|ty| {
        let ty = nameable(ty);
        quote_ours! {
            if false {
                return #krate::never::<#ty>();
            }
        }
    });
    quote_ours!(#keywords { #typed #statements })
}

/// The sync form: `for backoff in [..] { .. }`
fn for_loop(plan: &Plan, attempt: &TokenStream) -> TokenStream {
    let before = before_loop(plan);
    let list = if let Some(backoffs) = plan.written() {
        let list = list(backoffs);
        quote_ours!(backoff in #list)
    } else {
        quote_ours!(&backoff in schedule.backoffs())
    };
    let wait = wait(plan, attempt, None, false, &quote!(return));
    let sleep = sleep(plan, false);
    quote_ours! {
        #before
        for #list {
            #wait
            #sleep
        }
        ::core::unreachable!("a schedule ends in 0")
    }
}

/// The async form, which takes a wait from the list only when an attempt has ended, so that the future need not hold it
/// meanwhile. Also the form of a block, which gives its value by `break`.
fn indexed_loop(
    plan: &Plan,
    attempt: &TokenStream,
    is_async: bool,
    leave: &TokenStream,
) -> TokenStream {
    let before = before_loop(plan);
    let (list, backoffs) = match plan.written() {
        Some(backoffs) => {
            let list = list(backoffs);
            // As a constant, the list stays where it is, and the loop holds no more of it than a reference.
            let list = quote_ours!(let backoffs = const { &#list };);
            (Some(list), quote_ours!(backoffs))
        }
        None => (None, quote_ours!(schedule.backoffs())),
    };
    let backoff = quote_ours!(let backoff = #backoffs[attempt as usize];);
    let wait = wait(plan, attempt, Some(&backoff), is_async, leave);
    let sleep = sleep(plan, is_async);
    quote_ours! {
        #before
        #list
        let mut attempt = 0_u32;
        loop {
            #wait
            #sleep
            attempt += 1;
        }
    }
}

/// What is read once per call.
fn before_loop(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let enabled = plan
        .enabled
        .as_ref()
        .map(|enabled| quote_ours!(let enabled: bool = #enabled;));
    let schedule = match &plan.schedule {
        Schedule::Written(backoffs) => plan.features.control.then(|| {
            let list = list(backoffs);
            quote_ours!(const { #krate::Schedule::from_static(const { &#list }) })
        }),
        Schedule::Expression(schedule) => {
            let first = schedule.clone().into_iter().next();
            let place = first.map_or_else(Span::call_site, |tree| tree.span());
            let schedule = quote_spanned!(ours_at(place)=> &#schedule);
            Some(quote_ours!(#krate::Schedule::clone(#schedule)))
        }
    };
    let schedule = schedule.map(|schedule| {
        let name = &plan.name;
        if plan.features.control {
            quote_ours!(let schedule = #krate::control::in_force(#name, #schedule);)
        } else {
            quote_ours!(let schedule = #schedule;)
        }
    });
    let limits = limits::before_loop(plan);
    let limit = plan
        .features
        .test_util
        .then(|| quote_ours!(let mut attempts_left = #krate::testing::attempts_left();));
    quote!(#enabled #schedule #limits #limit)
}

/// `let wait = match attempt { .. };`: the result is gone before the wait, unless it is given back. `backoff` is what finds
/// the listed wait, if that is not known before the attempt.
fn wait(
    plan: &Plan,
    attempt: &TokenStream,
    backoff: Option<&TokenStream>,
    is_async: bool,
    leave: &TokenStream,
) -> TokenStream {
    let krate = &plan.krate;
    let wait = match &plan.jitter {
        Jitter::Proportional(_, jitter) if *jitter == retry_schedule::Jitter::none() => {
            quote_ours!(backoff)
        }
        Jitter::Proportional(number, _) => quote_ours!(#krate::jitter(backoff, #number)),
        Jitter::Full => quote_ours!(#krate::jitter(backoff, #krate::Jitter::full())),
        Jitter::Equal => quote_ours!(#krate::jitter(backoff, #krate::Jitter::equal())),
        Jitter::Expression(jitter) => {
            quote_ours!(#krate::jitter::<#krate::Jitter>(backoff, #jitter))
        }
    };
    let arms = again(plan).into_iter().map(|outcome| {
        let Outcome {
            pattern,
            condition,
            is_error,
        } = outcome;
        let enabled = plan.enabled.as_ref().map(|_| quote_ours!(enabled &&));
        let condition = condition.map(|condition| quote_ours!(&& #condition));
        let before_wait = if plan.is_limited() {
            limits::before_wait(plan, is_error, leave)
        } else {
            TokenStream::new()
        };
        let wait = if before_wait.is_empty() {
            quote_ours!(#wait,)
        } else {
            quote_ours!({ let wait = #wait; #before_wait wait })
        };
        let limit = plan
            .features
            .test_util
            .then(|| quote_ours!(&&attempts_left.allow_another()));
        quote_ours!(#pattern if #enabled !backoff.is_zero() #limit #condition => #wait)
    });
    if !plan.is_limited() && backoff.is_none() {
        return quote_ours! {
            let wait = match #attempt {
                #(#arms)*
                result => #leave result,
            };
        };
    }
    let before_attempt = limits::before_attempt(plan);
    let attempt = limits::timed(plan, attempt, is_async);
    let last = limits::before_leaving(plan).map_or_else(
        || quote_ours!(#leave result,),
        |before_leaving| quote_ours!({ #before_leaving #leave result; }),
    );
    quote_ours! {
        let wait = {
            #before_attempt
            let result = #attempt;
            #backoff
            match result {
                #(#arms)*
                result => #last
            }
        };
    }
}

/// An outcome of an attempt that is worth another one, if the condition holds.
struct Outcome {
    pattern: TokenStream,
    condition: Option<TokenStream>,
    is_error: bool,
}

/// The error as a callable wants it.
pub(crate) fn error(plan: &Plan, callable: &Callable) -> TokenStream {
    let is_boxed = matches!(
        plan.again,
        Again::Result {
            boxed_error: true,
            ..
        }
    );
    if is_boxed && matches!(callable, Callable::Path(_)) {
        quote_ours!(&**error)
    } else {
        quote_ours!(error)
    }
}

/// The outcomes that are worth another attempt.
fn again(plan: &Plan) -> Vec<Outcome> {
    let some = quote_ours!(::core::option::Option::Some);
    let failed = |on: &Callable| {
        let err = quote_ours!(::core::result::Result::Err);
        let judged = (!on.is_always_true()).then(|| on.judge(&error(plan, on)));
        let is_used = judged.is_some() || plan.shows_errors();
        Outcome {
            pattern: if is_used {
                quote_ours!(#err(ref error))
            } else {
                quote_ours!(#err(_))
            },
            condition: judged,
            is_error: true,
        }
    };
    let not_yet = |pattern: TokenStream, until: &Callable| {
        let done = until.judge(&quote_ours!(value));
        Outcome {
            pattern,
            condition: Some(quote_ours!(!#done)),
            is_error: false,
        }
    };
    match &plan.again {
        Again::Result { on, until, .. } => {
            let ok = quote_ours!(::core::result::Result::Ok(ref value));
            let until = until.as_ref().map(|until| not_yet(ok, until));
            on.as_ref().map(failed).into_iter().chain(until).collect()
        }
        Again::Option { until } => {
            let none = Outcome {
                pattern: quote_ours!(::core::option::Option::None),
                condition: None,
                is_error: false,
            };
            let until = until
                .as_ref()
                .map(|until| not_yet(quote_ours!(#some(ref value)), until));
            [none].into_iter().chain(until).collect()
        }
        Again::Value { until } => vec![not_yet(quote_ours!(ref value), until)],
    }
}

fn sleep(plan: &Plan, is_async: bool) -> TokenStream {
    let krate = &plan.krate;
    let wait = quote_ours!(wait);
    let sleep = match &plan.sleep {
        Sleeper::Given(Callable::Closure(closure)) => Callable::Closure(with_argument_type(
            closure.clone(),
            &quote_ours!(::core::time::Duration),
        ))
        .call(&wait),
        Sleeper::Given(sleep) => sleep.call(&wait),
        Sleeper::Tokio => quote_ours!(#krate::sleep(wait)),
        Sleeper::Blocking => quote_ours!(#krate::sleep_blocking(wait)),
        Sleeper::Std => quote_ours!(::std::thread::sleep(wait)),
    };
    match &plan.sleep {
        _ if is_async => quote_ours!(#sleep.await;),
        // A future would be dropped without having waited: it is no `()`.
        Sleeper::Given(_) => quote_ours!(let () = #sleep;),
        _ => quote_ours!(#sleep;),
    }
}

pub(crate) fn list(backoffs: &[Duration]) -> TokenStream {
    let backoffs = backoffs.iter().copied().map(duration);
    quote_ours!([#(#backoffs),*])
}

/// The duration in the coarsest unit that is exact.
pub(crate) fn duration(duration: Duration) -> TokenStream {
    let nanos = duration.as_nanos();
    let whole = |unit: u128| {
        let count = u64::try_from(nanos / unit)
            .ok()
            .filter(|_| nanos % unit == 0)?;
        Some(Literal::u64_unsuffixed(count))
    };
    if nanos == 0 {
        quote_ours!(::core::time::Duration::ZERO)
    } else if let Some(secs) = whole(1_000_000_000) {
        quote_ours!(::core::time::Duration::from_secs(#secs))
    } else if let Some(millis) = whole(1_000_000) {
        quote_ours!(::core::time::Duration::from_millis(#millis))
    } else if let Some(micros) = whole(1_000) {
        quote_ours!(::core::time::Duration::from_micros(#micros))
    } else if let Some(nanos) = whole(1) {
        quote_ours!(::core::time::Duration::from_nanos(#nanos))
    } else {
        let (secs, nanos) = (
            Literal::u64_unsuffixed(duration.as_secs()),
            Literal::u32_unsuffixed(duration.subsec_nanos()),
        );
        quote_ours!(::core::time::Duration::new(#secs, #nanos))
    }
}
