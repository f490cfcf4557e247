//! What a loop is called in events, counters, hooks and switches. A place in the source flows in; a name that no other place
//! has flows out.
//!
//! A function is called by its path, `my_app::client::create`, and a method by that of its type or of its trait's
//! implementation: `my_app::Client::create`, `<my_app::Client as my_app::Api>::create`. The macro sees neither. The compiler
//! does: the name of a type that is declared in a function begins with the function's own path. It is a constant, so it costs
//! nothing until it is read.

/// Where a loop stands, as a [`Function`]: `site!(fn)` in a function, `site!(in fn)` in a block, `site!(NAME)` where the key
/// `name` is written.
#[cfg(not(any(feature = "control", feature = "metrics", feature = "tracing")))]
#[doc(hidden)]
#[macro_export]
macro_rules! site {
    ($($function:tt)*) => {
        ()
    };
}

#[cfg(any(feature = "control", feature = "metrics", feature = "tracing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! site {
    (fn) => {
        $crate::__private::Function::Site($crate::here!(fn))
    };
    (in fn) => {
        $crate::__private::Function::Site($crate::here!(in fn))
    };
    ($name:literal) => {{
        static SITE: $crate::__private::Site = $crate::__private::Site::named($name);
        $crate::__private::Function::Site(&SITE)
    }};
    ($name:expr) => {
        $crate::__private::Function::Named($name)
    };
}

/// The same as a `&'static str`.
#[doc(hidden)]
#[macro_export]
macro_rules! name {
    (fn) => {
        $crate::__private::Site::name($crate::here!(fn))
    };
    (in fn) => {
        $crate::__private::Site::name($crate::here!(in fn))
    };
    ($name:expr) => {
        $name
    };
}

/// A `&'static` [`Site`]. All instances of a generic function share it.
#[doc(hidden)]
#[macro_export]
macro_rules! here {
    (fn) => {
        $crate::here!("")
    };
    (in fn) => {
        $crate::here!(::core::concat!(
            ::core::module_path!(),
            ":",
            ::core::line!(),
            ":",
            ::core::column!()
        ))
    };
    ($block:expr) => {{
        enum Here {}
        static SITE: $crate::__private::Site =
            $crate::__private::Site::of(::core::any::type_name::<Here>, $block);
        &SITE
    }};
}

/// Nothing, where nothing is reported or switched.
#[cfg(all(
    feature = "test-util",
    not(any(feature = "control", feature = "metrics", feature = "tracing"))
))]
pub type Function = ();

/// What is reported about, and switched.
#[cfg(any(feature = "control", feature = "metrics", feature = "tracing"))]
#[derive(Debug, Clone, Copy)]
pub enum Function {
    /// By its place, or by a literal.
    Site(&'static Site),
    /// By an expression, which may differ from call to call.
    Named(&'static str),
}

#[cfg(any(feature = "control", feature = "metrics", feature = "tracing"))]
impl Function {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Site(site) => site.name(),
            Self::Named(name) => name,
        }
    }
}

/// A place in the source where a loop stands.
#[derive(Debug)]
pub struct Site {
    is_called: IsCalled,
    /// Found out when it is first asked for.
    #[cfg(feature = "std")]
    name: std::sync::OnceLock<&'static str>,
    /// Whether the next call has to ask whether it is switched. It has to at first, when nobody knows of it.
    #[cfg(feature = "control")]
    pub(crate) asks: core::sync::atomic::AtomicBool,
}

#[derive(Debug)]
enum IsCalled {
    By(&'static str),
    /// By the path that the name of a type in it begins with, and for a block its module, line and column.
    At(fn() -> &'static str, &'static str),
}

impl Site {
    /// A place that is known by a name.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self::new(IsCalled::By(name))
    }

    /// A place in the function in which `type_name` names a type. `block` is `module:line:column`, or nothing if the place is
    /// the function itself.
    #[must_use]
    pub const fn of(type_name: fn() -> &'static str, block: &'static str) -> Self {
        Self::new(IsCalled::At(type_name, block))
    }

    const fn new(is_called: IsCalled) -> Self {
        Self {
            is_called,
            #[cfg(feature = "std")]
            name: std::sync::OnceLock::new(),
            #[cfg(feature = "control")]
            asks: core::sync::atomic::AtomicBool::new(true),
        }
    }

    /// Its name.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.is_called {
            IsCalled::By(name) => name,
            IsCalled::At(type_name, block) => self
                .name
                .get_or_init(|| path::name(function_of(type_name()), block)),
        }
    }

    /// Its name. Without the standard library nothing can be kept that is made at run time, so the name of a generic function has
    /// its parameters, and a block has no function.
    #[cfg(not(feature = "std"))]
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.is_called {
            IsCalled::By(name) => name,
            IsCalled::At(type_name, "") => function_of(type_name()),
            IsCalled::At(_, block) => block,
        }
    }
}

/// The path of the function in which the type stands. An async body is a closure of its function.
fn function_of(type_name: &'static str) -> &'static str {
    let path = type_name
        .rsplit_once("::")
        .map_or(type_name, |(path, _)| path);
    path.trim_end_matches("::{{closure}}")
}

/// A path as the compiler prints it flows in, and a name flows out that a reader knows from the source.
#[cfg(feature = "std")]
mod path {
    use alloc::borrow::ToOwned as _;
    use alloc::format;
    use alloc::string::String;

    /// The name of the function, or of the block in it, at `module:line:column`.
    pub(super) fn name(function: &'static str, block: &str) -> &'static str {
        if block.is_empty() && !function.contains(['<', '{']) {
            return function;
        }
        let mut name = without_parameters(&with_type(function));
        name = name.replace("::{{closure}}", "");
        // Line and column: the module has stood in front of them.
        let place = block.rmatch_indices(':').nth(1);
        name.extend(place.map(|(place, _)| &block[place..]));
        String::leak(name)
    }

    /// Of an implementation that stands neither beside its type nor beside its trait, the compiler prints the module.
    ///
    /// Input:  `app::client::<impl app::Client>::create`
    /// Output: `app::Client::create`
    fn with_type(function: &str) -> String {
        let Some((_, after)) = function.split_once("::<impl ") else {
            return function.to_owned();
        };
        let Some(end) = at_top_level(after, ">") else {
            return function.to_owned();
        };
        let (implementation, rest) = (&after[..end], &after[end + 1..]);
        match at_top_level(implementation, " for ") {
            Some(split) => {
                let (of, ty) = (
                    &implementation[..split],
                    &implementation[split + " for ".len()..],
                );
                format!("<{ty} as {of}>{rest}")
            }
            None if implementation.starts_with("dyn ") => format!("<{implementation}>{rest}"),
            None => format!("{implementation}{rest}"),
        }
    }

    /// Where the text stands outside of all brackets.
    fn at_top_level(path: &str, text: &str) -> Option<usize> {
        let mut depth = 0_usize;
        path.char_indices().find_map(|(at, c)| {
            // The `>` of `fn() -> u8`.
            if c == '>' && path[..at].ends_with('-') {
                return None;
            }
            if depth == 0 && path[at..].starts_with(text) {
                return Some(at);
            }
            match c {
                '<' | '(' | '[' => depth += 1,
                '>' | ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            None
        })
    }

    /// The path without the lists of a generic type's own parameters, which say nothing. Those of arguments stay: `Page<u8>` and
    /// `Page<u16>` may have methods of the same name.
    ///
    /// Input:  `<app::Page<_, N> as app::From<u8>>::from`
    /// Output: `<app::Page as app::From<u8>>::from`
    fn without_parameters(path: &str) -> String {
        let mut kept = String::with_capacity(path.len());
        let mut open = alloc::vec::Vec::new();
        for c in path.chars() {
            match c {
                '<' => open.push((kept.len(), kept.ends_with(is_of_name))),
                // Or that of `fn() -> u8`: the list that it is taken to end is not of parameters alone, nor is one around it.
                '>' => {
                    if let Some((start, true)) = open.pop() {
                        if kept[start + 1..].split(", ").all(is_parameter) {
                            kept.truncate(start);
                            continue;
                        }
                    }
                }
                _ => {}
            }
            kept.push(c);
        }
        kept
    }

    fn is_of_name(c: char) -> bool {
        c == '_' || c.is_alphanumeric()
    }

    /// A type's parameter is printed as `_`, a constant's by its name.
    fn is_parameter(argument: &str) -> bool {
        argument == "_"
            || (argument.starts_with(char::is_uppercase) && argument.chars().all(is_of_name))
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::path::name;

    #[test]
    fn an_argument_from_a_crate_with_a_capital_is_no_parameter() {
        let printed = "app::Page<Api::Error>::get";
        assert_eq!(name(printed, ""), printed);
    }
}
