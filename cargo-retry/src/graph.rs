//! Which function may call which. In: the inventory, and an index of calls if there is one. Out: a graph, with what each call
//! rests on.
//!
//! Without an index, a call is matched by its name, by the number of its arguments, and by what the crates depend on. That finds
//! calls through traits and generics, and finds some that are none: hence "possible". Calls that an index resolves are
//! "certain". Where an index says nothing of a call, because its types are not known there, it is matched by its name.

use crate::calls::{Call, Callee};
use crate::clients::{self, Client};
use crate::inventory::{Function, Inventory};
use crate::scip::{Index, Target};
use std::collections::HashMap;

/// What a finding rests on; what is surer comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// The calls are resolved by an index of the compiler's.
    Certain,
    /// The names fit.
    Possible,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Node {
    Function(usize),
    Client(&'static Client),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) to: Node,
    pub(crate) certainty: Certainty,
}

pub(crate) struct Graph<'a> {
    pub(crate) functions: Vec<Function<'a>>,
    /// The calls of each function.
    pub(crate) edges: Vec<Vec<Edge>>,
}

struct Names<'a> {
    inventory: &'a Inventory,
    functions: &'a [Function<'a>],
    by_name: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Graph<'a> {
    pub(crate) fn new(inventory: &'a Inventory, index: Option<&Index>, tests: bool) -> Self {
        let functions: Vec<Function<'a>> = inventory
            .functions()
            .filter(|function| tests || !function.is_test())
            .collect();
        let mut places: HashMap<(usize, usize), usize> = HashMap::new();
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, function) in functions.iter().enumerate() {
            places.insert(function.index, number);
            if !function.unit.is_block {
                by_name.entry(&function.unit.name).or_default().push(number);
            }
        }
        let names = Names {
            inventory,
            functions: &functions,
            by_name,
        };
        let mut edges: Vec<Vec<Edge>> = functions
            .iter()
            .map(
                |function| match index.filter(|index| index.has(&function.module.file)) {
                    Some(index) => names.resolved(*function, index),
                    None => names.calls(*function),
                },
            )
            .collect();
        // A block is run by the function that it stands in.
        for (number, function) in functions.iter().enumerate() {
            if let (true, Some(parent)) = (function.unit.is_block, function.unit.parent) {
                let Some(parent) = places.get(&(function.index.0, parent)).copied() else {
                    continue;
                };
                add(
                    &mut edges[parent],
                    Node::Function(number),
                    Certainty::Certain,
                );
            }
        }
        Self { functions, edges }
    }
}

impl Names<'_> {
    fn calls(&self, function: Function<'_>) -> Vec<Edge> {
        let mut edges = Vec::new();
        for call in &function.unit.calls {
            self.add_named(&mut edges, function, call);
        }
        edges
    }

    fn add_named(&self, edges: &mut Vec<Edge>, function: Function<'_>, call: &Call) {
        let package = &self.inventory.workspace.packages[function.module.package];
        let mentions = &function.module.source.mentions;
        for callee in self.candidates(function, call) {
            add(edges, Node::Function(callee), Certainty::Possible);
        }
        if let Some(client) = clients::reached(package, mentions, call.callee.name()) {
            add(edges, Node::Client(client), Certainty::Possible);
        }
    }

    /// The calls that an index resolves. A trait's method may be that of any of its types, which no index tells.
    fn resolved(&self, function: Function<'_>, index: &Index) -> Vec<Edge> {
        let mut edges = Vec::new();
        for call in &function.unit.calls {
            match index.target(&function.module.file, call.at) {
                Some(target) => self.add_resolved(&mut edges, &target),
                None => self.add_named(&mut edges, function, call),
            }
        }
        edges
    }

    fn add_resolved(&self, edges: &mut Vec<Edge>, target: &Target) {
        if let Some((package, method)) = &target.outside {
            let client = clients::all().iter().find(|client| {
                client.multiplies() && client.is_package(package) && client.methods.contains(method)
            });
            if let Some(client) = client {
                add(edges, Node::Client(client), Certainty::Certain);
            }
        }
        let Some((file, at)) = &target.defined else {
            return;
        };
        let callee = self.functions.iter().position(|callee| {
            callee.module.file == *file && callee.unit.at == *at && !callee.unit.is_block
        });
        let Some(callee) = callee else {
            return;
        };
        add(edges, Node::Function(callee), Certainty::Certain);
        let declared = self.functions[callee].unit;
        if declared.is_declaration {
            for (number, other) in self.functions.iter().enumerate() {
                if other.unit.of_trait == declared.owner && other.unit.name == declared.name {
                    add(edges, Node::Function(number), Certainty::Possible);
                }
            }
        }
    }

    /// The functions that a call may mean.
    fn candidates(&self, caller: Function<'_>, call: &Call) -> Vec<usize> {
        let Some(named) = self.by_name.get(call.callee.name()) else {
            return Vec::new();
        };
        let fits = |number: &&usize| {
            let unit = self.functions[**number].unit;
            match (&call.callee, call.arguments) {
                (_, None) => true,
                (Callee::Method { .. }, Some(count)) => unit.has_self && unit.parameters == count,
                (Callee::Path(_), Some(count)) => {
                    unit.parameters + usize::from(unit.has_self) == count
                }
            }
        };
        let named: Vec<usize> = named.iter().filter(fits).copied().collect();
        let is =
            |number: &usize, test: &dyn Fn(Function<'_>) -> bool| test(self.functions[*number]);
        let only = |test: &dyn Fn(Function<'_>) -> bool| -> Vec<usize> {
            named
                .iter()
                .filter(|number| is(number, test))
                .copied()
                .collect()
        };
        let first = |lists: [Vec<usize>; 3]| {
            lists
                .into_iter()
                .find(|list| !list.is_empty())
                .unwrap_or_default()
        };
        let own_type = caller.unit.owner.as_deref();
        let own_trait = caller.unit.of_trait.as_deref();
        let is_own = |callee: Function<'_>| {
            let owner = callee.unit.owner.as_deref();
            owner.is_some()
                && callee.module.package == caller.module.package
                && (owner == own_type || owner == own_trait)
        };
        match &call.callee {
            Callee::Method { on_self, .. } => {
                let own = if *on_self { only(&is_own) } else { Vec::new() };
                // A trait's method may be anybody's, whoever depends on whom.
                let reachable = only(&|callee| {
                    callee.unit.of_trait.is_some()
                        || callee.unit.is_declaration
                        || self.depends(caller, callee)
                });
                first([own, reachable, Vec::new()])
            }
            Callee::Path(segments) => match &segments[..] {
                [.., owner, _] if owner == "Self" => only(&is_own),
                [.., owner, _] => {
                    let of_type = only(&|callee| {
                        let unit = callee.unit;
                        (unit.owner.as_ref() == Some(owner)
                            || unit.of_trait.as_ref() == Some(owner))
                            && (unit.of_trait.is_some() || self.depends(caller, callee))
                    });
                    let of_module = only(&|callee| {
                        let unit = callee.unit;
                        let module = callee.module.modules.iter().chain(&unit.modules).last();
                        unit.owner.is_none()
                            && match &**owner {
                                "self" | "super" | "crate" => {
                                    callee.module.package == caller.module.package
                                }
                                _ => module == Some(owner) && self.depends(caller, callee),
                            }
                    });
                    first([of_type, of_module, Vec::new()])
                }
                _ => {
                    let free = |callee: Function<'_>| callee.unit.owner.is_none();
                    first([
                        only(&|callee| free(callee) && callee.index.0 == caller.index.0),
                        only(&|callee| {
                            free(callee) && callee.module.package == caller.module.package
                        }),
                        only(&|callee| free(callee) && self.depends(caller, callee)),
                    ])
                }
            },
        }
    }

    /// Whether the one's package can name what is in the other's.
    fn depends(&self, from: Function<'_>, to: Function<'_>) -> bool {
        let packages = &self.inventory.workspace.packages;
        let (from, to) = (from.module.package, to.module.package);
        from == to || packages[from].dependencies.contains(&packages[to].name)
    }
}

fn add(edges: &mut Vec<Edge>, to: Node, certainty: Certainty) {
    let same = |edge: &&mut Edge| match (edge.to, to) {
        (Node::Function(one), Node::Function(other)) => one == other,
        (Node::Client(one), Node::Client(other)) => one.name == other.name,
        _ => false,
    };
    match edges.iter_mut().find(same) {
        Some(edge) => edge.certainty = edge.certainty.min(certainty),
        None => edges.push(Edge { to, certainty }),
    }
}
