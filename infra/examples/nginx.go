package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// nginx starts nginx with the documented configuration, in front of a server that knows nothing of keys.
func nginx(ctx context.Context, e example) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"pets": []string{"Tom", "Rex"}, "application": r.Header.Get("X-Arxkeys-Application")})
	})}
	defer server.Close()
	go server.Serve(listener)

	work, err := os.MkdirTemp("", "nginx")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	key := filepath.Join(work, "arxkeys.key")
	if err := os.WriteFile(key, []byte(`proxy_set_header Authorization "Bearer `+e.verifier+`";`), 0o600); err != nil {
		return err
	}
	documented, err := os.ReadFile(filepath.Join(e.root, "infra/gateways/nginx.conf"))
	if err != nil {
		return err
	}
	arxkeys, err := url.Parse(e.arxkeys)
	if err != nil {
		return err
	}
	text := string(documented)
	for _, change := range [][2]string{
		{"listen 80;", "listen 127.0.0.1:" + e.port + ";"},
		{"127.0.0.1:9000", listener.Addr().String()},
		{"/etc/nginx/arxkeys.key", key},
		{"arx_0123456789abcdef", e.arx},
		{"set $arxkeys          keys.example:443;", "set $arxkeys " + arxkeys.Host + ";"},
		{"https://$arxkeys", "http://$arxkeys"}, // the laptop has no certificate
		{"Host keys.example", "Host " + arxkeys.Host},
	} {
		if !strings.Contains(text, change[0]) {
			return fmt.Errorf("infra/gateways/nginx.conf does not contain %q", change[0])
		}
		text = strings.ReplaceAll(text, change[0], change[1])
	}
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "proxy_ssl_") {
			lines = append(lines, line)
		}
	}
	whole := "daemon off;\nmaster_process off;\nerror_log stderr;\npid nginx.pid;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += kind + "_temp_path " + kind + ";\n"
	}
	whole += strings.Join(lines, "") + "}\n"
	if err := os.WriteFile(filepath.Join(work, "nginx.conf"), []byte(whole), 0o600); err != nil {
		return err
	}
	return e.serve(ctx, work, "nginx", "-p", work+"/", "-c", filepath.Join(work, "nginx.conf"), "-e", "stderr")
}
