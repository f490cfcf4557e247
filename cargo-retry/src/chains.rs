//! Retries in retries. In: the graph of calls. Out: chains of functions that retry, each calling the next, and what their
//! attempts come to.

use crate::clients::Client;
use crate::graph::{Certainty, Graph, Node};
use crate::inventory::Function;
use crate::site::{Attempts, Site};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// More than these nobody reads.
const MOST_CHAINS: usize = 1_000;

#[derive(Debug)]
pub(crate) struct Chain<'a> {
    pub(crate) links: Vec<Link<'a>>,
    pub(crate) certainty: Certainty,
    /// Whether the last calls one of the others again.
    pub(crate) is_circle: bool,
}

#[derive(Debug)]
pub(crate) struct Link<'a> {
    pub(crate) what: What<'a>,
    /// The functions between the one before it and this one.
    pub(crate) through: Vec<Function<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'a> {
    Function(Function<'a>),
    Client(&'static Client),
}

/// How many attempts a chain makes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Product {
    /// Of those that are known.
    pub(crate) known: u128,
    /// Whether some are not.
    pub(crate) is_open: bool,
    pub(crate) is_endless: bool,
}

#[derive(Debug)]
pub(crate) struct Chains<'a> {
    /// Those that multiply most come first.
    pub(crate) all: Vec<Chain<'a>>,
    pub(crate) left_out: usize,
}

struct Hop {
    through: Vec<usize>,
    certainty: Certainty,
}

type Retries<'a> = DiGraph<What<'a>, Hop>;

impl<'a> Chains<'a> {
    pub(crate) fn of(graph: &Graph<'a>) -> Self {
        let retries = retries(graph);
        let mut found = Self {
            all: Vec::new(),
            left_out: 0,
        };
        for root in roots(&retries) {
            found.walk(graph, &retries, &mut vec![(root, None)]);
        }
        found.all.sort_by_cached_key(|chain| {
            let product = chain.product();
            let names: Vec<String> = chain.links.iter().map(|link| link.what.label()).collect();
            (
                std::cmp::Reverse((chain.is_circle || product.is_endless, product.known)),
                chain.certainty,
                names,
            )
        });
        found
    }

    /// Every way on from the last node that does not come back to one before.
    fn walk(
        &mut self,
        graph: &Graph<'a>,
        retries: &Retries<'a>,
        path: &mut Vec<(NodeIndex, Option<petgraph::graph::EdgeIndex>)>,
    ) {
        let last = path[path.len() - 1].0;
        let mut next: Vec<_> = retries
            .edges(last)
            .map(|edge| (edge.target(), edge.id()))
            .collect();
        next.sort_unstable();
        let mut is_end = true;
        for (target, edge) in next {
            if path.iter().any(|(node, _)| *node == target) {
                path.push((target, Some(edge)));
                self.keep(graph, retries, path, true);
                path.pop();
                is_end = false;
                continue;
            }
            is_end = false;
            // There may be exponentially many.
            if self.all.len() >= MOST_CHAINS {
                self.left_out += 1;
                continue;
            }
            path.push((target, Some(edge)));
            self.walk(graph, retries, path);
            path.pop();
        }
        if is_end && path.len() > 1 {
            self.keep(graph, retries, path, false);
        }
    }

    fn keep(
        &mut self,
        graph: &Graph<'a>,
        retries: &Retries<'a>,
        path: &[(NodeIndex, Option<petgraph::graph::EdgeIndex>)],
        is_circle: bool,
    ) {
        let mut certainty = Certainty::Certain;
        let links = path.iter().map(|(node, edge)| {
            let hop = edge.map(|edge| &retries[edge]);
            let through = hop.map_or(&[][..], |hop| &hop.through);
            Link {
                what: retries[*node],
                through: through
                    .iter()
                    .map(|number| graph.functions[*number])
                    .collect(),
            }
        });
        let links = links.collect();
        for (_, edge) in path {
            if let Some(edge) = edge {
                certainty = certainty.max(retries[*edge].certainty);
            }
        }
        self.all.push(Chain {
            links,
            certainty,
            is_circle,
        });
    }
}

/// The functions that retry and the clients that do, with an edge where one reaches the other through functions that do not.
fn retries<'a>(graph: &Graph<'a>) -> Retries<'a> {
    let mut retries = Retries::new();
    let mut nodes: HashMap<usize, NodeIndex> = HashMap::new();
    for (number, function) in graph.functions.iter().enumerate() {
        if function.unit.site.is_some() {
            nodes.insert(number, retries.add_node(What::Function(*function)));
        }
    }
    let mut of_clients: BTreeMap<&str, NodeIndex> = BTreeMap::new();
    let mut starts: Vec<usize> = nodes.keys().copied().collect();
    starts.sort_unstable();
    for start in starts {
        let mut seen: HashSet<usize> = HashSet::new();
        let mut reached: HashSet<NodeIndex> = HashSet::new();
        let mut queue: VecDeque<(usize, Vec<usize>, Certainty)> =
            VecDeque::from([(start, Vec::new(), Certainty::Certain)]);
        while let Some((number, through, so_far)) = queue.pop_front() {
            for edge in &graph.edges[number] {
                let certainty = so_far.max(edge.certainty);
                let target = match edge.to {
                    Node::Client(client) => *of_clients
                        .entry(&client.name)
                        .or_insert_with(|| retries.add_node(What::Client(client))),
                    Node::Function(callee) => {
                        if let Some(node) = nodes.get(&callee) {
                            *node
                        } else {
                            if seen.insert(callee) {
                                let mut through = through.clone();
                                through.push(callee);
                                queue.push_back((callee, through, certainty));
                            }
                            continue;
                        }
                    }
                };
                if reached.insert(target) {
                    retries.add_edge(
                        nodes[&start],
                        target,
                        Hop {
                            through: through.clone(),
                            certainty,
                        },
                    );
                }
            }
        }
    }
    retries
}

/// Those that nobody else calls; of functions that call each other, the first.
fn roots(retries: &Retries<'_>) -> Vec<NodeIndex> {
    let mut group_of = vec![0; retries.node_count()];
    let groups = tarjan_scc(retries);
    for (number, group) in groups.iter().enumerate() {
        for node in group {
            group_of[node.index()] = number;
        }
    }
    let mut is_called = vec![false; groups.len()];
    for edge in retries.edge_references() {
        let (from, to) = (
            group_of[edge.source().index()],
            group_of[edge.target().index()],
        );
        if from != to {
            is_called[to] = true;
        }
    }
    let mut roots: Vec<NodeIndex> = groups
        .iter()
        .enumerate()
        .filter(|(number, _)| !is_called[*number])
        .filter_map(|(_, group)| group.iter().min().copied())
        .collect();
    roots.sort_unstable();
    roots
}

impl Chain<'_> {
    pub(crate) fn product(&self) -> Product {
        let mut product = Product {
            known: 1,
            is_open: false,
            is_endless: self.is_circle,
        };
        let count = self.links.len() - usize::from(self.is_circle);
        for link in &self.links[..count] {
            match link.what.attempts() {
                Attempts::UpTo(count) => {
                    product.known = product.known.saturating_mul(count as u128);
                }
                Attempts::WithoutEnd => product.is_endless = true,
                Attempts::Unknown => product.is_open = true,
            }
        }
        product
    }
}

impl What<'_> {
    pub(crate) fn attempts(self) -> Attempts {
        match self {
            Self::Function(function) => function
                .unit
                .site
                .as_ref()
                .map_or(Attempts::UpTo(1), Site::attempts),
            Self::Client(client) => client.attempts.map_or(Attempts::Unknown, Attempts::UpTo),
        }
    }

    pub(crate) fn label(self) -> String {
        match self {
            Self::Function(function) => function.label(),
            Self::Client(client) => format!("{} itself", client.name),
        }
    }

    pub(crate) fn place(self) -> String {
        match self {
            Self::Function(function) => function.place(),
            Self::Client(client) => client.source.clone(),
        }
    }
}

impl std::fmt::Display for Product {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self {
                is_endless: true, ..
            } => f.write_str("without end"),
            Self {
                is_open: true,
                known,
                ..
            } => write!(f, "at least {known}"),
            Self { known, .. } => known.fmt(f),
        }
    }
}

impl std::fmt::Display for Certainty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
        })
    }
}
