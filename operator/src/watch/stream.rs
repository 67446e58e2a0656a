//! Follows the API server: one task per kind and namespace puts what it sees into the store and notifies the listeners.
//! A malformed object is one error on one object; it never stalls the watch.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt};
use k8s_openapi::NamespaceResourceScope;
use kube::api::{Api, ApiResource, PartialObjectMeta};
use kube::runtime::watcher::{self, Config, Event};
use kube::runtime::{WatchStreamExt, watcher as watch_events};
use kube::{Client, Resource};
use process::register::Register;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::guard::{Malformed, Unread};
use super::store::Listed;
use super::{Change, Scope, Store};
use crate::api;
use crate::object::{ControllerLabel, ObjectKey};
use process::causes::Causes;

/// Objects that a list holds at a time. Each may be a megabyte and more, and its metadata alone as well, since nothing bounds the
/// number of labels; and the answer is read as a whole.
const PAGE: u32 = 50;

type Seen = Result<Event<Unread>, watcher::Error>;

/// Counts the lists and watches per kind, and those that failed.
#[derive(Debug, Clone, Default)]
pub(crate) struct WatchMetrics {
    lists: Family<ControllerLabel, Counter>,
    lists_failed: Family<ControllerLabel, Counter>,
    watches: Family<ControllerLabel, Counter>,
    watches_failed: Family<ControllerLabel, Counter>,
}

impl WatchMetrics {
    /// Registers the four families below the registry's prefix.
    pub(crate) fn register(registry: &mut impl Register) -> Self {
        let metrics = Self::default();
        registry.register("list_operations", "List operations", metrics.lists.clone());
        registry.register(
            "list_operations_failed",
            "List operations that failed",
            metrics.lists_failed.clone(),
        );
        registry.register("watch_operations", "Watch operations", metrics.watches.clone());
        registry.register(
            "watch_operations_failed",
            "Watch operations that failed",
            metrics.watches_failed.clone(),
        );
        metrics
    }

    /// Shows the counters of a controller from zero on: a rate is right from the first failure only where the zero was seen.
    fn begin(&self, controller: ControllerLabel) {
        for family in [&self.lists, &self.lists_failed, &self.watches, &self.watches_failed] {
            drop(family.get_or_create(&controller));
        }
    }

    fn count(&self, controller: ControllerLabel, seen: &Seen) {
        let families: &[&Family<ControllerLabel, Counter>] = match seen {
            Ok(Event::Init) => &[&self.lists],
            Ok(Event::InitDone) => &[&self.watches],
            Ok(_) => &[],
            Err(watcher::Error::InitialListFailed(_)) => &[&self.lists_failed],
            Err(_) => &[&self.watches, &self.watches_failed],
        };
        for family in families {
            family.get_or_create(&controller).inc();
        }
    }
}

/// Where objects of a kind come from: one stream per namespace, or one for all.
pub(crate) struct Source<K> {
    parts: Vec<SourcePart>,
    /// Where nothing is left out.
    complete_in: Option<Scope>,
    kind: PhantomData<fn() -> K>,
}

/// The namespace, if it is one, and what is seen there.
type SourcePart = (Option<String>, BoxStream<'static, Seen>);

impl<K> Source<K> {
    /// No objects at all, of a kind that the cluster does not know or that we may not see.
    pub(crate) fn none() -> Self {
        Self::of(Vec::new(), None)
    }

    fn of(parts: Vec<SourcePart>, complete_in: Option<Scope>) -> Self {
        Self {
            parts,
            complete_in,
            kind: PhantomData,
        }
    }
}

impl<K: Resource<DynamicType = ()>> Source<K> {
    /// Whole objects in `scope`, narrowed by label and field selectors where these are not empty.
    pub(crate) fn objects(client: &Client, scope: &Scope, labels: &str, fields: &str) -> Self
    where
        K: Resource<Scope = NamespaceResourceScope>,
    {
        let apis = scope.apis::<Unread>(client, &ApiResource::erase::<K>(&()));
        let part = |(api, config)| part(api, narrowed(config, labels, fields));
        // One that cannot be read is left out.
        Self::of(apis.into_iter().map(part).collect(), None)
    }
}

impl<K: Resource<DynamicType = ()>> Source<PartialObjectMeta<K>> {
    /// The metadata alone of the objects in `scope`.
    pub(crate) fn metadata(client: &Client, scope: &Scope, labels: &str, fields: &str) -> Self
    where
        K: Resource<Scope = NamespaceResourceScope>,
    {
        let apis = scope.apis::<Unread<true>>(client, &ApiResource::erase::<K>(&()));
        let part = |(api, config)| part(api, narrowed(config, labels, fields));
        let is_complete = labels.is_empty() && fields.is_empty();
        Self::of(apis.into_iter().map(part).collect(), is_complete.then(|| scope.clone()))
    }

    /// The metadata alone of cluster-wide objects.
    pub(crate) fn cluster_metadata(client: &Client, config: Config) -> Self
    where
        K: Resource<Scope = k8s_openapi::ClusterResourceScope>,
    {
        let api: Api<Unread<true>> = Api::all_with(client.clone(), &ApiResource::erase::<K>(&()));
        Self::of(vec![part(api, config)], None)
    }
}

fn narrowed(mut config: Config, labels: &str, fields: &str) -> Config {
    if !labels.is_empty() {
        config = config.labels(labels);
    }
    if !fields.is_empty() {
        let fields = config
            .field_selector
            .iter()
            .map(String::as_str)
            .chain([fields])
            .collect::<Vec<_>>()
            .join(",");
        config = config.fields(&fields);
    }
    config
}

fn part<const METADATA_ONLY: bool>(api: Api<Unread<METADATA_ONLY>>, config: Config) -> SourcePart
where
    Unread<METADATA_ONLY>: Into<Unread>,
{
    let namespace = api.namespace().map(str::to_owned);
    let stream = watch_events(api, config.page_size(PAGE)).default_backoff();
    (namespace, stream.map(|seen| seen.map(untyped)).boxed())
}

fn untyped(event: Event<impl Into<Unread>>) -> Event<Unread> {
    match event {
        Event::Apply(object) => Event::Apply(object.into()),
        Event::Delete(object) => Event::Delete(object.into()),
        Event::Init => Event::Init,
        Event::InitApply(object) => Event::InitApply(object.into()),
        Event::InitDone => Event::InitDone,
    }
}

type Listener<K> = Box<dyn Fn(&Change<K>) + Send + Sync>;
type MalformedListener = Box<dyn Fn(&Malformed) + Send + Sync>;

/// A kind that is about to be watched; a `V` is kept of each object.
pub(crate) struct Watch<K, V = K> {
    store: Arc<Store<V>>,
    source: Source<K>,
    listeners: Vec<Listener<V>>,
    malformed: Vec<MalformedListener>,
    kept: fn(K) -> V,
}

impl<K, V> Watch<K, V>
where
    K: Resource<DynamicType = ()> + 'static,
    V: Send + Sync + 'static,
{
    /// A watch of `source`. `kept` says what is stored of each object: as little as is read.
    pub(crate) fn new(source: Source<K>, kept: fn(K) -> V) -> Self {
        let store = Arc::new(Store::new(source.parts.len(), source.complete_in.clone()));
        Self {
            store,
            source,
            listeners: Vec::new(),
            malformed: Vec::new(),
            kept,
        }
    }

    /// The store that this watch fills.
    pub(crate) fn store(&self) -> Arc<Store<V>> {
        Arc::clone(&self.store)
    }

    /// Waits for the first list of all objects.
    pub(crate) fn listed(&self) -> Listed {
        self.store.listed()
    }

    /// Calls `listener` with each change, in order, after it is in the store.
    pub(crate) fn on_change(&mut self, listener: impl Fn(&Change<V>) + Send + Sync + 'static) {
        self.listeners.push(Box::new(listener));
    }

    /// Calls `listener` with each object that cannot be read.
    pub(crate) fn on_malformed(&mut self, listener: impl Fn(&Malformed) + Send + Sync + 'static) {
        self.malformed.push(Box::new(listener));
    }

    /// Starts the tasks that follow the API server until `stop`.
    pub(crate) fn start(
        self,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
        controller: ControllerLabel,
        metrics: &WatchMetrics,
    ) where
        K: DeserializeOwned,
    {
        metrics.begin(controller);
        let shared = Arc::new((self.store, self.listeners, self.malformed, self.kept));
        for (namespace, stream) in self.source.parts {
            let shared = Arc::clone(&shared);
            let (metrics, stop) = (metrics.clone(), stop.clone());
            tasks.spawn(async move {
                let (store, listeners, malformed, kept) = &*shared;
                let mut part = Part { store, listeners, malformed, kept: *kept, namespace, unseen: None, listed: false };
                let mut stream = pin!(stream);
                while let Some(Some(seen)) = stop.run_until_cancelled(stream.next()).await {
                    metrics.count(controller, &seen);
                    match seen {
                        Ok(event) => part.follow(event),
                        Err(error) => {
                            let error = without_content(error);
                            tracing::warn!(kind = %K::kind(&()), namespace = part.namespace, error = %Causes(&error), "watch failed, trying again");
                        }
                    }
                }
            });
        }
    }
}

/// The error without what it quotes of an answer that cannot be read.
fn without_content(error: watcher::Error) -> watcher::Error {
    match error {
        watcher::Error::InitialListFailed(cause) => watcher::Error::InitialListFailed(api::without_content(cause)),
        watcher::Error::WatchStartFailed(cause) => watcher::Error::WatchStartFailed(api::without_content(cause)),
        watcher::Error::WatchFailed(cause) => watcher::Error::WatchFailed(api::without_content(cause)),
        error => error,
    }
}

struct Part<'a, K, V> {
    store: &'a Store<V>,
    listeners: &'a [Listener<V>],
    malformed: &'a [MalformedListener],
    kept: fn(K) -> V,
    namespace: Option<String>,
    /// During a list: the keys that were known before and have not been seen yet.
    unseen: Option<BTreeSet<ObjectKey>>,
    listed: bool,
}

impl<K: Resource<DynamicType = ()> + DeserializeOwned, V> Part<'_, K, V> {
    fn follow(&mut self, event: Event<Unread>) {
        match event {
            Event::Init => self.unseen = Some(self.store.keys_of_part(self.namespace.as_deref())),
            Event::InitApply(object) => {
                if let Some(unseen) = &mut self.unseen {
                    unseen.remove(&object.key());
                }
                self.applied(object);
            }
            Event::Apply(object) => self.applied(object),
            Event::Delete(object) => self.removed(&object.key()),
            Event::InitDone => {
                for key in self.unseen.take().into_iter().flatten() {
                    self.removed(&key);
                }
                if !std::mem::replace(&mut self.listed, true) {
                    self.store.part_listed();
                }
            }
        }
    }

    fn applied(&self, object: Unread) {
        let mut object: K = match object.read() {
            Ok(object) => object,
            Err(malformed) => return self.rejected(&malformed),
        };
        // Not emptied alone: an empty list would keep its memory.
        object.meta_mut().managed_fields = None;
        let key = ObjectKey::of(&object);
        self.tell(&self.store.put(key, (self.kept)(object)));
    }

    fn removed(&self, key: &ObjectKey) {
        if let Some(change) = self.store.remove(key) {
            self.tell(&change);
        }
    }

    fn rejected(&self, malformed: &Malformed) {
        self.removed(&malformed.key());
        for listener in self.malformed {
            listener(malformed);
        }
    }

    fn tell(&self, change: &Change<V>) {
        for listener in self.listeners {
            listener(change);
        }
    }
}
