//! The kinds of shapes and their arguments, by name, and which kind takes which argument.

use crate::named::named;

named! {
    /// The kind of a shape, by its name.
    ///
    /// ```
    /// use retry_schedule::ShapeKind;
    ///
    /// assert_eq!(ShapeKind::from_name("linear"), Some(ShapeKind::Linear));
    /// assert_eq!(ShapeKind::Linear.to_string(), "linear");
    /// ```
    pub enum ShapeKind {
        /// All waits are equal.
        Constant = "constant",
        /// Each wait is longer by the same time.
        Linear = "linear",
        /// Each wait is the one before times a factor above 1.
        Exponential = "exponential",
        /// Each wait is the sum of the two before it.
        Fibonacci = "fibonacci",
        /// Each wait is the one before times a factor below 1.
        Inverse = "inverse",
    }
}

named! {
    /// A named argument of a shape. (The first wait has no name, so it is not one of them.)
    pub enum ShapeArgument {
        /// How much each wait is longer than the one before.
        Step = "step",
        /// The longest wait.
        Max = "max",
        /// The shortest wait.
        Min = "min",
        /// The time in which all attempts are made.
        Within = "within",
        /// The number that a wait is multiplied by to give the next.
        Factor = "factor",
        /// The number of attempts: the length of the list.
        Attempts = "attempts",
        /// The number of retries: one less than the attempts.
        Retries = "retries",
    }
}

/// The names of the shapes.
pub const SHAPES: [&str; 5] = ShapeKind::NAMES;

impl ShapeKind {
    /// The arguments that this shape takes after its first wait.
    #[must_use]
    pub const fn arguments(self) -> &'static [ShapeArgument] {
        use ShapeArgument::{Attempts, Factor, Max, Min, Retries, Step, Within};
        match self {
            Self::Constant => &[Attempts, Retries],
            Self::Linear => &[Step, Max, Attempts, Retries],
            Self::Exponential => &[Factor, Max, Attempts, Retries],
            Self::Fibonacci => &[Max, Attempts, Retries],
            Self::Inverse => &[Factor, Min, Within, Attempts, Retries],
        }
    }

    /// Whether the shape takes this argument.
    pub(crate) fn takes(self, argument: ShapeArgument) -> bool {
        self.arguments().contains(&argument)
    }
}
