//! What a return type says about retries. In: a type. Out: whether it is a `Result`, an `Option`, a future, and how it is
//! written in places where `impl Trait` is not allowed.

use crate::groups::visible_throughout;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{
    AssocType, GenericArgument, Lifetime, PathArguments, PathSegment, ReturnType, Type,
    TypeParamBound,
};

/// What one attempt gives, judged by how its type is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    Result,
    Option,
    /// What cannot be either: a number, a reference, a tuple.
    Value,
    /// A value, or an alias for anything.
    Other,
}

/// Types that no alias has by their name.
const VALUES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "String", "u8",
    "u16", "u32", "u64", "u128", "usize",
];

impl Returns {
    /// `Result` by any path, or a name that ends so and has type arguments; `Option` likewise.
    pub(crate) fn spelled(ty: &Type) -> Self {
        let Some(last) = last_segment(ty) else {
            return match bare(ty) {
                Type::Macro(_) | Type::Verbatim(_) => Self::Other,
                _ => Self::Value,
            };
        };
        let name = last.ident.to_string();
        let is = |wanted: &str| {
            name == wanted || (name.ends_with(wanted) && type_arguments(last).next().is_some())
        };
        if is("Result") {
            Self::Result
        } else if is("Option") {
            Self::Option
        } else if VALUES.iter().any(|value| last.ident == value) {
            Self::Value
        } else {
            Self::Other
        }
    }
}

/// Whether the error of this result may be a `Box`: it is spelled so, or it is not spelled.
pub(crate) fn error_may_be_boxed(result: &Type) -> bool {
    let Type::Path(path) = bare(result) else {
        return true;
    };
    let mut segments = path.path.segments.iter().rev();
    if let Some(error) = segments.next().and_then(|last| type_arguments(last).nth(1)) {
        // `Box<dyn Error>`, and what aliases for it are called.
        last_segment(error).is_some_and(|segment| {
            let name = segment.ident.to_string();
            name.contains("Box") || name.contains("Dyn")
        })
    } else {
        // The aliases of the standard library spell theirs.
        !segments
            .next()
            .is_some_and(|module| module.ident == "io" || module.ident == "fmt")
    }
}

/// A type whose value is awaited.
pub(crate) struct FutureType<'a> {
    /// What it gives, where that is spelled.
    pub(crate) output: Option<&'a Type>,
    pub(crate) holder: Holder,
}

/// What holds a future that a function returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// `impl Future`
    Nothing,
    /// `Pin<Box<dyn Future>>`, or an alias for it.
    PinnedBox,
    /// `Box<dyn Future + Unpin>`
    Box,
}

/// The future that a type is spelled as.
pub(crate) fn future(ty: &Type) -> Option<FutureType<'_>> {
    let path = match bare(ty) {
        Type::ImplTrait(implemented) => return bounded(&implemented.bounds, Holder::Nothing),
        Type::Path(path) => path,
        _ => return None,
    };
    let last = path.path.segments.last()?;
    if last.ident == "Pin" || last.ident == "Box" {
        let mut inner = type_arguments(last).next()?;
        let mut holder = Holder::Box;
        if last.ident == "Pin" {
            inner = type_arguments(last_segment(inner)?).next()?;
            holder = Holder::PinnedBox;
        }
        return match bare(inner) {
            Type::TraitObject(object) => bounded(&object.bounds, holder),
            Type::ImplTrait(implemented) => bounded(&implemented.bounds, holder),
            _ => None,
        };
    }
    // `BoxFuture<'_, Result<..>>` spells what it gives; an alias of another form may give anything.
    let is_future = last.ident.to_string().ends_with("Future");
    is_future.then(|| FutureType {
        output: type_arguments(last).next().filter(|ty| is_plain(ty)),
        holder: Holder::PinnedBox,
    })
}

/// The future that a bound says there is: `Future<Output = R>`, whatever the trait is called.
fn bounded<'a>(
    bounds: impl IntoIterator<Item = &'a TypeParamBound>,
    holder: Holder,
) -> Option<FutureType<'a>> {
    bounds.into_iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound.path.segments.last()?;
        let output = arguments(last).find_map(|argument| match argument {
            GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == "Output" => {
                Some(ty)
            }
            _ => None,
        });
        let is_future = output.is_some() || last.ident.to_string().ends_with("Future");
        is_future.then_some(FutureType { output, holder })
    })
}

/// Whether this is `Result` or `Option` itself, by whatever path.
pub(crate) fn is_plain(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Result" || last.ident == "Option")
}

/// Whether there is nothing that could be returned: `()` or `!`.
pub(crate) fn is_unit_or_never(ty: &Type) -> bool {
    match bare(ty) {
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        Type::Never(_) => true,
        _ => false,
    }
}

/// The lifetime of each `&mut` in the type, or nothing where it is left out.
pub(crate) fn mutable_references(ty: &Type) -> Vec<Option<&Lifetime>> {
    let mut found = Vec::new();
    each_type(ty, &mut |ty| {
        if let Type::Reference(reference) = ty {
            if reference.mutability.is_some() {
                found.push(reference.lifetime.as_ref());
            }
        }
    });
    found
}

/// Whether `impl Trait` stands anywhere in the type.
pub(crate) fn hides_a_type(ty: &Type) -> bool {
    let mut hides = false;
    each_type(ty, &mut |ty| hides |= matches!(ty, Type::ImplTrait(_)));
    hides
}

/// Visits a type and those in it, but not those in bounds.
fn each_type<'a>(ty: &'a Type, visit: &mut impl FnMut(&'a Type)) {
    visit(ty);
    match ty {
        Type::Array(array) => each_type(&array.elem, visit),
        Type::Group(group) => each_type(&group.elem, visit),
        Type::Paren(paren) => each_type(&paren.elem, visit),
        Type::Path(path) => {
            for segment in &path.path.segments {
                for argument in arguments(segment) {
                    match argument {
                        GenericArgument::Type(ty) => each_type(ty, visit),
                        GenericArgument::AssocType(assoc) => each_type(&assoc.ty, visit),
                        _ => {}
                    }
                }
            }
        }
        Type::Ptr(pointer) => each_type(&pointer.elem, visit),
        Type::Reference(reference) => each_type(&reference.elem, visit),
        Type::Slice(slice) => each_type(&slice.elem, visit),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| each_type(ty, visit)),
        _ => {}
    }
}

/// Input:  `Result<[impl Display; 2], E>`
/// Output: `Result<[_; 2], E>`
///
/// `impl Trait` may not be written inside a function's body; the compiler infers what stands there.
pub(crate) fn nameable(ty: &Type) -> TokenStream {
    match ty {
        _ if is_nameable(ty) => ty.to_token_stream(),
        Type::ImplTrait(_) => quote!(_),
        Type::Array(array) if hides_a_type(ty) => {
            let (elem, len) = (nameable(&array.elem), &array.len);
            visible_throughout(quote!([#elem; #len]))
        }
        Type::Group(group) => nameable(&group.elem),
        Type::Paren(paren) if hides_a_type(ty) => nameable(&paren.elem),
        Type::Reference(reference) => {
            let (lifetime, mutability) = (&reference.lifetime, &reference.mutability);
            let elem = nameable(&reference.elem);
            let many = matches!(bare_group(&reference.elem), Type::TraitObject(object) if object.bounds.len() > 1);
            if many {
                quote!(&#lifetime #mutability (#elem))
            } else {
                quote!(&#lifetime #mutability #elem)
            }
        }
        Type::Slice(slice) if hides_a_type(ty) => {
            let elem = nameable(&slice.elem);
            quote!([#elem])
        }
        Type::Tuple(tuple) if hides_a_type(ty) => {
            let elems = tuple.elems.iter().map(nameable);
            quote!((#(#elems,)*))
        }
        Type::Path(path) if path.qself.is_none() => {
            let leading = &path.path.leading_colon;
            let segments = path.path.segments.iter().map(nameable_segment);
            quote!(#leading #(#segments)::*)
        }
        _ => visible_throughout(ty.to_token_stream()),
    }
}

/// Whether the type is made of names alone, which can be written anywhere as they are.
fn is_nameable(ty: &Type) -> bool {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            path.path
                .segments
                .iter()
                .all(|segment| match &segment.arguments {
                    PathArguments::None => true,
                    PathArguments::AngleBracketed(bracketed) => bracketed.args.iter().all(
                        |argument| matches!(argument, GenericArgument::Type(ty) if is_nameable(ty)),
                    ),
                    PathArguments::Parenthesized(_) => false,
                })
        }
        Type::Tuple(tuple) => tuple.elems.iter().all(is_nameable),
        _ => false,
    }
}

fn nameable_segment(segment: &PathSegment) -> TokenStream {
    let ident = &segment.ident;
    match &segment.arguments {
        PathArguments::AngleBracketed(bracketed) => {
            let colons = &bracketed.colon2_token;
            let arguments = bracketed.args.iter().map(|argument| match argument {
                GenericArgument::Type(ty) => nameable(ty),
                _ => visible_throughout(argument.to_token_stream()),
            });
            quote!(#ident #colons <#(#arguments),*>)
        }
        _ => visible_throughout(segment.to_token_stream()),
    }
}

/// The type without the parentheses and groups around it.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        _ => ty,
    }
}

fn bare_group(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare_group(&group.elem),
        _ => ty,
    }
}

/// The type after an arrow, without groups and parentheses, if it is a value at all.
pub(crate) fn returned(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ty),
    }
}

/// `Result` of `std::io::Result<()>` and of `<Self as Tr>::Result`; nothing for what is no path.
fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let bracketed = match &segment.arguments {
        PathArguments::AngleBracketed(bracketed) => Some(bracketed),
        _ => None,
    };
    bracketed.into_iter().flat_map(|bracketed| &bracketed.args)
}

fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
