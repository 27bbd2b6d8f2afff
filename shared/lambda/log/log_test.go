package lambdalog_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	lambdalog "github.com/arxkeys/arxkeys/shared/lambda/log"
)

type valuer string

func (v valuer) LogValue() slog.Value { return slog.GroupValue(slog.String("in", string(v))) }

func TestNoLoggedValueContainsAKey(t *testing.T) {
	secret, err := accesskey.New(accesskey.Production, "01J9Zk3V8QpTfW2x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := secret.Reveal()
	u, err := url.Parse("http://127.0.0.1/v1/keys/" + key)
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(*slog.Logger){
		"message":         func(l *slog.Logger) { l.Info("no " + key) },
		"name":            func(l *slog.Logger) { l.Info("x", key, 1) },
		"string":          func(l *slog.Logger) { l.Warn("x", "k", key) },
		"encoded string":  func(l *slog.Logger) { l.Warn("x", "k", strings.ReplaceAll(key, "_", "%5f")) },
		"error":           func(l *slog.Logger) { l.Error("x", "k", fmt.Errorf("a: %w", errors.New(key))) },
		"stringer":        func(l *slog.Logger) { l.Info("x", "k", u) },
		"bytes":           func(l *slog.Logger) { l.Info("x", "k", []byte(key)) },
		"raw JSON":        func(l *slog.Logger) { l.Info("x", "k", json.RawMessage(`"`+key+`"`)) },
		"list":            func(l *slog.Logger) { l.Info("x", "k", []string{"a", key}) },
		"map":             func(l *slog.Logger) { l.Info("x", "k", map[string]any{key: key}) },
		"struct":          func(l *slog.Logger) { l.Info("x", "k", struct{ K string }{key}) },
		"group":           func(l *slog.Logger) { l.Info("x", slog.Group("g", "k", key)) },
		"LogValuer":       func(l *slog.Logger) { l.Info("x", "k", valuer(key)) },
		"With":            func(l *slog.Logger) { l.With("k", key).Info("x") },
		"WithGroup":       func(l *slog.Logger) { l.WithGroup(key).Info("x", "k", key) },
		"several, no end": func(l *slog.Logger) { l.Info(key+key, "k", key[:60]) },
	} {
		var out bytes.Buffer
		write(lambdalog.New(&out))
		if !json.Valid(out.Bytes()) || !strings.Contains(out.String(), "[access key]") || strings.Contains(out.String(), key[25:50]) {
			t.Errorf("%s: %s", name, &out)
		}
	}
}
