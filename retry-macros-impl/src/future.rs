//! Bodies that return a future. In: a body, read by `syn`. Out: the same body, with a loop in each future that it returns.
//!
//! The body itself runs once. An `async` block that it returns has its loop inside, so what it takes with it is taken once; any
//! other future is made anew for each attempt, inside an `async` block that has the loop.

use crate::groups::{split_inner_attributes, visible_throughout};
use crate::hygiene::quote_ours;
use crate::returns::Holder;
use proc_macro2::extra::DelimSpan;
use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens as _, quote};
use syn::parse::Parser as _;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprAsync, ExprClosure, Ident, Item, Pat, Stmt};

/// One attempt at a future.
pub(crate) enum Attempt {
    /// What stands in the braces of an `async` block.
    Block(Group),
    /// An expression that makes a future.
    Future(TokenStream),
}

/// Calls that change what holds a future, and not what it gives.
const HOLDERS: [&str; 5] = ["pin", "new", "from", "Left", "Right"];
const METHODS: [&str; 9] = [
    "boxed",
    "boxed_local",
    "fuse",
    "in_current_span",
    "instrument",
    "into",
    "into_future",
    "with_current_subscriber",
    "with_subscriber",
];
/// Macros that give nothing.
const ENDS: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];

pub(crate) struct FutureBody {
    statements: Vec<Stmt>,
}

impl FutureBody {
    /// Nothing for a body that `syn` does not understand.
    pub(crate) fn read(body: &Group) -> Option<Self> {
        let statements = Block::parse_within.parse2(body.stream()).ok()?;
        Some(Self { statements })
    }

    /// Whether it ends in an `async` block, and so returns a future whatever its type is called.
    pub(crate) fn ends_in_block(&mut self) -> bool {
        block_at_end(&mut self.statements).is_some()
    }

    /// What `#[async_trait]` calls `self` in the block that the body ends in.
    pub(crate) fn this(&mut self) -> Option<Ident> {
        let block = block_at_end(&mut self.statements)?;
        let (before, _) = of_async_trait(&block.block.stmts)?;
        before.iter().find_map(renamed_self)
    }

    /// The body with `looped` in the place of each attempt.
    pub(crate) fn with(
        mut self,
        holder: Holder,
        looped: &dyn Fn(Attempt) -> TokenStream,
    ) -> TokenStream {
        Loops { holder, looped }.end(&mut self.statements);
        printed(&self.statements)
    }
}

/// A loop for a future that nothing is known of but how it is made.
pub(crate) fn around(
    future: TokenStream,
    holder: Holder,
    looped: &dyn Fn(Attempt) -> TokenStream,
) -> TokenStream {
    let looped = looped(Attempt::Future(future));
    let future = quote_ours!(async move { #looped });
    match holder {
        // Bound first: nobody wrote a function that clippy should call a simple `async fn`.
        Holder::Nothing => quote_ours!({ let future = #future; future }),
        Holder::PinnedBox => quote_ours!(::std::boxed::Box::pin(#future)),
        Holder::Box => quote_ours!(::std::boxed::Box::new(::std::boxed::Box::pin(#future))),
    }
}

/// Puts the loops in.
struct Loops<'a> {
    holder: Holder,
    looped: &'a dyn Fn(Attempt) -> TokenStream,
}

impl Loops<'_> {
    /// Statements of which the last gives the future.
    fn end(&mut self, statements: &mut [Stmt]) {
        let Some((last, before)) = statements.split_last_mut() else {
            return;
        };
        match last {
            Stmt::Expr(expr @ Expr::Return(_), _) | Stmt::Expr(expr, None) => {
                self.future(expr, before);
            }
            // A macro is an expression where it stands last.
            Stmt::Macro(call) if call.semi_token.is_none() && !is_end(&call.mac.path) => {
                let future = around(call.mac.to_token_stream(), self.holder, self.looped);
                *last = Stmt::Expr(Expr::Verbatim(future), None);
            }
            _ => self.visit_stmt_mut(last),
        }
        for statement in before {
            self.visit_stmt_mut(statement);
        }
    }

    /// An expression that gives the future, in which a name may stand for what a statement before has bound to it.
    fn future(&mut self, expr: &mut Expr, before: &mut [Stmt]) {
        if block_of(expr, before).is_some() {
            if let Some(block) = block_of(expr, before) {
                self.fill(block);
            }
            return;
        }
        match expr {
            Expr::Block(block) if block.label.is_none() => self.end(&mut block.block.stmts),
            Expr::Unsafe(block) => self.end(&mut block.block.stmts),
            Expr::If(branches) => {
                self.visit_expr_mut(&mut branches.cond);
                self.end(&mut branches.then_branch.stmts);
                if let Some((_, otherwise)) = &mut branches.else_branch {
                    self.future(otherwise, &mut []);
                }
            }
            Expr::Match(branches) => {
                self.visit_expr_mut(&mut branches.expr);
                for arm in &mut branches.arms {
                    self.future(&mut arm.body, &mut []);
                }
            }
            Expr::Group(group) => self.future(&mut group.expr, before),
            Expr::Paren(paren) => self.future(&mut paren.expr, before),
            Expr::Return(returned) => {
                if let Some(expr) = &mut returned.expr {
                    self.future(expr, before);
                }
            }
            Expr::Call(call) if call.args.len() == 1 && is_box(&call.func) => {
                let holder = std::mem::replace(&mut self.holder, Holder::Nothing);
                if let Some(held) = call.args.first_mut() {
                    self.future(held, before);
                }
                self.holder = holder;
            }
            Expr::Macro(call) if is_end(&call.mac.path) => {}
            _ => {
                Borrow.visit_expr_mut(expr);
                let future = visible_throughout(expr.to_token_stream());
                *expr = Expr::Verbatim(around(future, self.holder, self.looped));
            }
        }
    }

    fn fill(&self, block: &mut ExprAsync) {
        let statements = std::mem::take(&mut block.block.stmts);
        let (before, attempt) = match of_async_trait(&statements) {
            Some((before, attempt)) => (before, braced(attempt.brace_token.span, &attempt.stmts)),
            None => (&[][..], braced(block.block.brace_token.span, &statements)),
        };
        let (attributes, attempt) = split_inner_attributes(&attempt);
        let before = printed(before);
        let looped = (self.looped)(Attempt::Block(attempt));
        let filled = Expr::Verbatim(quote!(#attributes #before #looped));
        block.block.stmts = vec![Stmt::Expr(filled, None)];
    }
}

/// The early `return`s, but not those that end a closure, a block or an item of their own.
impl VisitMut for Loops<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Return(returned) => {
                if let Some(expr) = &mut returned.expr {
                    self.future(expr, &mut []);
                }
            }
            Expr::Async(_) | Expr::Closure(_) | Expr::Const(_) => {}
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Takes `move` away: what is made for one attempt borrows what the next one needs, too.
struct Borrow;

impl VisitMut for Borrow {
    fn visit_expr_async_mut(&mut self, block: &mut ExprAsync) {
        block.capture = None;
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        closure.capture = None;
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

fn printed(statements: &[Stmt]) -> TokenStream {
    visible_throughout(quote!(#(#statements)*))
}

fn braced(place: DelimSpan, statements: &[Stmt]) -> Group {
    let mut group = Group::new(Delimiter::Brace, printed(statements));
    group.set_span(place.join());
    group
}

fn block_at_end(statements: &mut [Stmt]) -> Option<&mut ExprAsync> {
    let (last, before) = statements.split_last_mut()?;
    match last {
        Stmt::Expr(expr @ Expr::Return(_), _) | Stmt::Expr(expr, None) => block_of(expr, before),
        _ => None,
    }
}

/// The `async` block that the expression gives, be it in `Box::pin(..)`, with `.boxed()` after it, or by its name.
fn block_of<'a>(expr: &'a mut Expr, before: &'a mut [Stmt]) -> Option<&'a mut ExprAsync> {
    match expr {
        Expr::Async(block) => Some(block),
        Expr::Group(group) => block_of(&mut group.expr, before),
        Expr::Paren(paren) => block_of(&mut paren.expr, before),
        Expr::Cast(cast) => block_of(&mut cast.expr, before),
        Expr::Return(returned) => block_of(returned.expr.as_mut()?, before),
        Expr::Call(call) if call.args.len() == 1 && is_holder(&call.func) => {
            block_of(call.args.first_mut()?, before)
        }
        Expr::MethodCall(call) if METHODS.iter().any(|method| call.method == method) => {
            block_of(&mut call.receiver, before)
        }
        Expr::Path(path) => {
            let name = path.path.get_ident()?;
            let index = before.iter().rposition(
                |statement| matches!(statement, Stmt::Local(local) if binds(&local.pat, name)),
            )?;
            let (before, binding) = before.split_at_mut(index);
            match binding.first_mut()? {
                Stmt::Local(local) => block_of(&mut local.init.as_mut()?.expr, before),
                _ => None,
            }
        }
        _ => None,
    }
}

fn binds(pat: &Pat, name: &Ident) -> bool {
    match pat {
        Pat::Ident(pat) => pat.ident == *name,
        Pat::Type(pat) => binds(&pat.pat, name),
        _ => false,
    }
}

fn is_holder(function: &Expr) -> bool {
    match function {
        Expr::Path(path) => ends_in(&path.path, &HOLDERS),
        _ => false,
    }
}

/// Whether what is held is a future for certain: `Box::pin(..)`, `Either::Left(..)`.
fn is_box(function: &Expr) -> bool {
    match function {
        Expr::Path(path) => {
            let of_box = path.path.segments.iter().rev().nth(1);
            ends_in(&path.path, &["Left", "Right"])
                || (is_holder(function)
                    && of_box.is_some_and(|of| of.ident == "Box" || of.ident == "Pin"))
        }
        _ => false,
    }
}

fn is_end(path: &syn::Path) -> bool {
    ends_in(path, &ENDS)
}

fn ends_in(path: &syn::Path, names: &[&str]) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// What runs once in the block that `#[async_trait]` makes, and the attempt:
///
/// ```text
/// if let Some(__ret) = None::<R> { return __ret; }   types the block
/// let __self = self;                                 moves each argument into the block
/// let (a, b) = { let __arg1 = __arg1; __arg1 };
/// let __ret: R = { .. };                             the attempt
/// __ret
/// ```
fn of_async_trait(statements: &[Stmt]) -> Option<(&[Stmt], &Block)> {
    let [
        Stmt::Expr(Expr::If(_), _),
        ..,
        Stmt::Local(attempt),
        Stmt::Expr(_, None),
    ] = statements
    else {
        return None;
    };
    let ret = Ident::new("__ret", proc_macro2::Span::call_site());
    match &*attempt.init.as_ref()?.expr {
        Expr::Block(block) if binds(&attempt.pat, &ret) => {
            Some((&statements[..statements.len() - 2], &block.block))
        }
        _ => None,
    }
}

/// `__self` of `let __self = self;`
fn renamed_self(statement: &Stmt) -> Option<Ident> {
    match statement {
        Stmt::Local(local) => match (&local.pat, local.init.as_ref().map(|init| &*init.expr)) {
            (Pat::Ident(pat), Some(Expr::Path(path))) if path.path.is_ident("self") => {
                Some(pat.ident.clone())
            }
            _ => None,
        },
        _ => None,
    }
}
