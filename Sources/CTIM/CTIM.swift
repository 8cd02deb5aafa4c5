// CTIM
