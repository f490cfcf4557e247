fn never_closed() {
