#[retry(schedule = [10s, 10s, 0], on = is_transient, until = |vm: &Vm| vm.is_running())]
async fn wait_for_vm(api: &Api, id: VmId) -> Result<Vm, ApiError> {
    api.vm(id).await
}

#[retry(schedule = [100ms, 100ms, 0])]
fn first_message(queue: &Queue) -> Option<Message> {
    queue.pop()
}

#[retry(schedule = [100ms, 100ms, 0], jitter = 0, until = Load::is_low)]
fn load(host: &str) -> Load {
    measure(host)
}
