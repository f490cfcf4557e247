//! What each contender is written out into: the macro that it passes is one function, for any body, wait and jitter.

/// Three functions with a proportion of jitter, of which 0 is none.
macro_rules! sync_variants {
    ($one:ident) => {
        $one!(sync_real, call, thread, 0.2);
        $one!(sync_jittered, call, skip, 0.2);
        $one!(sync_plain, call, skip, 0.0);
    };
}

macro_rules! async_variants {
    ($one:ident) => {
        $one!(real, trivial, u64, timer, 0.2);
        $one!(large, large, [u8; 1024], timer, 0.2);
        $one!(held, held, u64, timer, 0.2);
    };
    ($one:ident, skips) => {
        async_variants!($one);
        $one!(jittered, trivial, u64, skip_async, 0.2);
        $one!(plain, trivial, u64, skip_async, 0.0);
    };
}

macro_rules! sync_table {
    ($module:path) => {{
        use $module as module;
        crate::contenders::Sync {
            real: Some(module::sync_real),
            jittered: Some(module::sync_jittered),
            plain: Some(module::sync_plain),
        }
    }};
}

macro_rules! async_table {
    ($module:path) => {{
        use crate::work::{Api, poll_once};
        use $module as module;

        crate::contenders::Async {
            real: Some(|api, id| poll_once(module::real(api, id))),
            sizes: Some(|| {
                let api = Api::failing(0);
                [
                    size_of_val(&module::real(&api, 1)),
                    size_of_val(&module::large(&api, 1)),
                    size_of_val(&module::held(&api, 1)),
                ]
            }),
            ..Default::default()
        }
    }};
    ($module:path, tasks) => {{
        use crate::work::Api;
        use $module as module;

        async fn task() {
            let api = Api::failing(4);
            let answer = module::real(std::hint::black_box(&api), 1).await;
            assert_eq!(answer, Ok(2));
        }

        crate::contenders::Async {
            task: Some(|| Box::pin(task())),
            spawn: Some(|tasks| drop(tasks.spawn(task()))),
            ..async_table!($module)
        }
    }};
    ($module:path, tasks, skips) => {{
        use crate::work::poll_once;
        use $module as module;

        crate::contenders::Async {
            jittered: Some(|api, id| poll_once(module::jittered(api, id))),
            plain: Some(|api, id| poll_once(module::plain(api, id))),
            ..async_table!($module, tasks)
        }
    }};
}
