package upload

// WithWritten makes an engine tell the name of every write of the queue once it
// is on the disk.
func WithWritten(cfg Config, written func(point string)) Config {
	cfg.written = written
	return cfg
}
