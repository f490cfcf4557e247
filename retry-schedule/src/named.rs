//! Enums whose variants have names: a list of variants and names becomes the enum and all that goes with the names.

macro_rules! named {
    ($(#[$attribute:meta])* pub enum $Enum:ident { $($(#[$doc:meta])* $Variant:ident = $name:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Enum { $($(#[$doc])* $Variant,)+ }

        impl $Enum {
            /// All of them, in order.
            pub const ALL: [Self; Self::NAMES.len()] = [$(Self::$Variant),+];

            /// Their names, in order.
            pub const NAMES: [&'static str; [$($name),+].len()] = [$($name),+];

            /// The name, as it is written in a schedule.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name),+ }
            }

            /// The one that has this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$Variant),)+ _ => None }
            }
        }

        impl core::fmt::Display for $Enum {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use named;
