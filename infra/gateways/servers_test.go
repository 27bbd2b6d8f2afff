package gateways

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/process"
)

func TestNginx(t *testing.T) {
	testGateway(t, gateway{name: "nginx", limited: 403, start: func(t *testing.T, p place) string {
		address, dir := freeAddress(t), t.TempDir()
		credential := filepath.Join(dir, "arxkeys.key")
		write(t, credential, `proxy_set_header Authorization "Bearer `+p.credential+`";`)
		server := adapted(t, "nginx.conf", documentedArx, p.arx, "keys.example:443", p.keys, "127.0.0.1:9000", p.pets, "listen 80;", "listen "+address+";",
			"proxy_connect_timeout 2s", "proxy_connect_timeout 60s", "proxy_read_timeout    5s", "proxy_read_timeout 60s", // for a busy machine
			"/etc/nginx/arxkeys.key", credential, "/etc/ssl/certs/ca-certificates.crt", p.authority)
		// What Debian's nginx.conf contains around conf.d, for a user without privileges.
		whole := filepath.Join(dir, "nginx.conf")
		write(t, whole, fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
    include %[2]s;
}
`, dir, server))
		serve(t, address, nil, "nginx", "-p", dir, "-e", "stderr", "-c", whole)
		return "http://" + address
	}})
}

func TestCaddy(t *testing.T) {
	testGateway(t, gateway{name: "Caddy", limited: 429, start: func(t *testing.T, p place) string {
		address, dir := freeAddress(t), t.TempDir()
		site := adapted(t, "Caddyfile", documentedArx, p.arx, "keys.example:443", p.keys, "127.0.0.1:9000", p.pets, "http://pets.example {", "http://:"+port(address)+" {\n\tbind 127.0.0.1",
			"response_header_timeout 5s", "response_header_timeout 60s", "\tlog default {", "\tadmin off\n\tstorage file_system "+dir+"\n\tlog default {")
		serve(t, address, []string{"ARXKEYS_MANAGEMENT_KEY=" + p.credential, "SSL_CERT_FILE=" + p.authority, "SSL_CERT_DIR=" + dir, "HOME=" + dir}, "caddy", "run", "--adapter", "caddyfile", "--config", site)
		return "http://" + address
	}})
}

func TestHAProxy(t *testing.T) {
	testGateway(t, gateway{name: "HAProxy", limited: 429, takesHost: true, start: func(t *testing.T, p place) string {
		address := freeAddress(t)
		script := adapted(t, "arxkeys.lua", "local timeout = 5000", "local timeout = 60000")
		file := adapted(t, "haproxy.cfg", documentedArx, p.arx, "keys.example", p.keys, "127.0.0.1:9000", p.pets, "bind :80", "bind "+address,
			"/etc/haproxy/arxkeys.lua", script, "/etc/ssl/certs/ca-certificates.crt", p.authority)
		serve(t, address, []string{"ARXKEYS_MANAGEMENT_KEY=" + p.credential}, "haproxy", "-db", "-f", file)
		return "http://" + address
	}})
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// output is a server's output.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// serve runs a server until the test ends, and waits until it listens on the address.
func serve(t *testing.T, address string, environment []string, name string, arguments ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path = "/usr/sbin/" + name // which is not in the PATH of everybody
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, path, arguments...)
	var printed output
	command.Env = append(os.Environ(), environment...)
	command.Stdout, command.Stderr = &printed, &printed
	if err := process.Start(command); err != nil {
		cancel()
		t.Fatalf("%v: make test-gateways needs %s", err, name)
	}
	ended := make(chan struct{})
	go func() {
		command.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		if t.Failed() {
			t.Logf("%s: %s", name, printed.String())
		}
		if strings.Contains(printed.String(), "arxk_") || strings.Contains(printed.String(), "arxm_") {
			t.Errorf("%s prints a secret: %s", name, printed.String())
		}
	})
	for deadline := time.Now().Add(time.Minute); ; {
		connection, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			connection.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", name, printed.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen: %v", name, err)
		}
	}
}
