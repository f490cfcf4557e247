//! What a function is called in hooks, events and switches. No two functions and no two blocks share a name by accident, so a
//! method is called by its type or by the implementation that it is in, and a block by its place.

use crate::support::run;
use retry_core::{RetryEvent, retry, retry_block};
use std::cell::Cell;

thread_local! {
    static NAME: Cell<&'static str> = const { Cell::new("") };
}

fn tell(event: &RetryEvent<'_, &str>) {
    NAME.set(event.function);
}

/// The name by which `call` was known, without this module's path.
fn name<T>(call: impl FnOnce() -> T) -> String {
    NAME.set("");
    call();
    NAME.get().replace(concat!(module_path!(), "::"), "")
}

type Result<T> = std::result::Result<T, &'static str>;

macro_rules! retried {
    ($($name:tt)*) => {
        #[retry(schedule = [1ns, 0], on = |_| true, notify = tell)]
        $($name)*
    };
}

retried! { fn free() -> Result<u8> { Err("") } }
retried! { async fn asynchronous() -> Result<u8> { Err("") } }
retried! { fn generic<T: Copy, const N: usize>(_: [T; N]) -> Result<T> { Err("") } }
retried! { #[allow(clippy::manual_async_fn)] fn future() -> impl Future<Output = Result<u8>> { async { Err("") } } }
retried! { fn r#match() -> Result<u8> { Err("") } }

mod inner {
    retried! { pub fn free() -> super::Result<u8> { Err("") } }
    use super::{retry, tell};
}

#[test]
fn a_function_is_called_by_its_path() {
    assert_eq!(name(free), "free");
    assert_eq!(name(inner::free), "inner::free");
    assert_eq!(name(|| run(asynchronous())), "asynchronous");
    assert_eq!(name(|| generic([1])), "generic");
    assert_eq!(name(|| generic(["a", "b"])), "generic");
    assert_eq!(name(|| run(future())), "future");
    assert_eq!(name(r#match), "match");
}

#[test]
fn a_function_in_a_function_is_called_by_both() {
    retried! { fn free() -> Result<u8> { Err("") } }

    assert_eq!(
        name(free),
        "a_function_in_a_function_is_called_by_both::free"
    );
    let closure = || {
        retried! { fn within() -> Result<u8> { Err("") } }
        within()
    };
    assert_eq!(
        name(closure),
        "a_function_in_a_function_is_called_by_both::within"
    );
}

struct Client;
struct Server;
struct Page<T, const N: usize>([T; N]);

impl Client {
    retried! { fn create(&self) -> Result<u8> { Err("") } }
    retried! { async fn asynchronous(&self) -> Result<u8> { Err("") } }
    retried! { fn new() -> Result<Self> { Err("") } }
    retried! { fn boxed<'a>(&'a self) -> std::pin::Pin<Box<dyn Future<Output = Result<u8>> + 'a>> { Box::pin(async move { Err("") }) } }
}

impl Server {
    retried! { fn create(&self) -> Result<u8> { Err("") } }
}

impl<T: Copy, const LEN_1: usize> Page<T, LEN_1> {
    retried! { fn get(&self) -> Result<T> { let _ = self.0; Err("") } }
}

impl Page<u8, 2> {
    retried! { fn only(&self) -> Result<u8> { Err("") } }
}

impl Page<u16, 2> {
    retried! { fn only(&self) -> Result<u8> { Err("") } }
}

mod elsewhere {
    use super::*;

    impl Client {
        retried! { pub fn elsewhere(&self) -> Result<u8> { Err("") } }
    }

    impl Page<Option<Option<Option<u8>>>, 1> {
        retried! { pub fn nested(&self) -> Result<u8> { Err("") } }
    }

    impl<T: Copy> Page<T, 9> {
        retried! { pub fn elsewhere(&self) -> Result<u8> { Err("") } }
    }
}

#[test]
fn a_method_is_called_by_its_type() {
    assert_eq!(name(|| Client.create()), "Client::create");
    assert_eq!(name(|| Server.create()), "Server::create");
    assert_eq!(name(Client::new), "Client::new");
    assert_eq!(name(|| run(Client.asynchronous())), "Client::asynchronous");
    assert_eq!(name(|| run(Client.boxed())), "Client::boxed");
}

#[test]
fn a_method_of_a_generic_type_has_one_name() {
    assert_eq!(name(|| Page([1, 2]).get()), "Page::get");
    assert_eq!(name(|| Page(["a"]).get()), "Page::get");
}

#[test]
fn methods_of_two_instances_of_a_type_are_told_apart() {
    assert_eq!(name(|| Page([1_u8, 2]).only()), "Page<u8, 2>::only");
    assert_eq!(name(|| Page([1_u16, 2]).only()), "Page<u16, 2>::only");
}

#[test]
fn where_the_implementation_stands_makes_no_difference() {
    assert_eq!(name(|| Client.elsewhere()), "Client::elsewhere");
    assert_eq!(name(|| Page([1; 9]).elsewhere()), "Page<_, 9>::elsewhere");
    assert_eq!(
        name(|| Page([Some(Some(Some(1_u8)))]).nested()),
        "Page<core::option::Option<core::option::Option<core::option::Option<u8>>>, 1>::nested"
    );
}

trait Api {
    fn create(&self) -> Result<u8>;

    retried! { fn list(&self) -> Result<u8> { Err("") } }

    async fn asynchronous(&self) -> Result<u8>;
}

trait Reads<T> {
    fn read(&self) -> Result<u8>;
}

impl Api for Client {
    retried! { fn create(&self) -> Result<u8> { Err("") } }
    retried! { async fn asynchronous(&self) -> Result<u8> { Err("") } }
}

impl Api for Server {
    retried! { fn create(&self) -> Result<u8> { Err("") } }
    retried! { async fn asynchronous(&self) -> Result<u8> { Err("") } }
}

impl Reads<u8> for Client {
    retried! { fn read(&self) -> Result<u8> { Err("") } }
}

impl Reads<u16> for Client {
    retried! { fn read(&self) -> Result<u8> { Err("") } }
}

impl<T, U> Reads<T> for fn(U) -> u8 {
    retried! { fn read(&self) -> Result<u8> { Err("") } }
}

impl<T> Reads<T> for dyn Api2 {
    retried! { fn read(&self) -> Result<u8> { Err("") } }
}

trait Api2 {}
impl Api2 for Client {}

mod far {
    use super::*;

    impl Reads<u32> for Server {
        retried! { fn read(&self) -> Result<u8> { Err("") } }
    }

    impl<T> Reads<T> for fn(u8, u8) -> u8 {
        retried! { fn read(&self) -> Result<u8> { Err("") } }
    }

    impl dyn Api2 {
        retried! { pub fn inherent(&self) -> Result<u8> { Err("") } }
    }
}

#[test]
fn a_method_of_a_trait_is_called_by_its_implementation() {
    assert_eq!(name(|| Api::create(&Client)), "<Client as Api>::create");
    assert_eq!(name(|| Api::create(&Server)), "<Server as Api>::create");
    assert_eq!(
        name(|| run(Api::asynchronous(&Client))),
        "<Client as Api>::asynchronous"
    );
    assert_eq!(
        name(|| Reads::<u8>::read(&Client)),
        "<Client as Reads<u8>>::read"
    );
    assert_eq!(
        name(|| Reads::<u16>::read(&Client)),
        "<Client as Reads<u16>>::read"
    );
    let function: fn(u8) -> u8 = |x| x;
    assert_eq!(
        name(|| Reads::<u16>::read(&function)),
        "<fn(_) -> u8 as Reads>::read"
    );
    assert_eq!(
        name(|| Reads::<u8>::read(&Client as &dyn Api2)),
        "<dyn Api2 as Reads>::read"
    );
    assert_eq!(
        name(|| Reads::<u32>::read(&Server)),
        "<Server as Reads<u32>>::read"
    );
    let function: fn(u8, u8) -> u8 = |x, _| x;
    assert_eq!(
        name(|| Reads::<u16>::read(&function)),
        "<fn(u8, u8) -> u8 as Reads>::read"
    );
    assert_eq!(
        name(|| (&Client as &dyn Api2).inherent()),
        "<dyn Api2>::inherent"
    );
}

#[test]
fn a_default_method_is_called_by_its_trait() {
    assert_eq!(name(|| Client.list()), "Api::list");
    assert_eq!(name(|| Server.list()), "Api::list");
}

#[async_trait::async_trait]
trait Stored {
    async fn save(&self) -> Result<u8>;

    #[retry(schedule = [1ns, 0], on = |_| true, notify = tell)]
    async fn load(&self) -> Result<u8> {
        Err("")
    }
}

#[async_trait::async_trait]
impl Stored for Client {
    #[retry(schedule = [1ns, 0], on = |_| true, notify = tell)]
    async fn save(&self) -> Result<u8> {
        Err("")
    }
}

#[test]
fn a_method_under_async_trait_is_called_as_any_other() {
    assert_eq!(name(|| run(Client.save())), "<Client as Stored>::save");
    assert_eq!(name(|| run(Client.load())), "Stored::load");
}

impl Client {
    fn legacy(&self) -> [(String, u32, u32); 3] {
        let first = || retry_block!(schedule = [1ns, 0], on = |_| true, notify = tell => -> Result<u8> { Err("") });
        let first = (name(first), line!() - 1, 24);
        #[rustfmt::skip]
        let [second, third] = [name(|| retry_block!(schedule = [1ns, 0], on = |_| true, notify = tell => -> Result<u8> { Err("") })), name(|| run(async { retry_block!(schedule = [1ns, 0], on = |_| true, notify = tell => async -> Result<u8> { Err("") }) }))];
        [first, (second, line!() - 1, 40), (third, line!() - 1, 155)]
    }
}

#[test]
fn a_block_is_called_by_its_function_and_its_place() {
    for (name, line, column) in Client.legacy() {
        assert_eq!(name, format!("Client::legacy:{line}:{column}"));
    }
}

#[test]
fn the_key_name_wins() {
    #[retry(schedule = [1ns, 0], on = |_| true, notify = tell, name = "given")]
    fn function() -> Result<u8> {
        Err("")
    }

    assert_eq!(name(function), "given");
    let block = || retry_block!(schedule = [1ns, 0], on = |_| true, notify = tell, name = "block" => -> Result<u8> { Err("") });
    assert_eq!(name(block), "block");
}
