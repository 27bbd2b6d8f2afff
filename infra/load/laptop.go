package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// laptop is a running `make run`, with a port and data of its own.
type laptop struct {
	url, data  string
	process    *exec.Cmd
	ended      chan struct{}
	management string // a management key
}

const startTimeout = 5 * time.Minute // the first start builds every function

func startLaptop(ctx context.Context, root string) (l *laptop, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	l = &laptop{url: fmt.Sprintf("http://127.0.0.1:%d", port), ended: make(chan struct{})}
	if l.data, err = os.MkdirTemp("", "arxkeys-load-"); err != nil {
		return nil, err
	}
	l.process = exec.Command(filepath.Join(root, "build", "tools", "local"))
	l.process.Dir = root
	l.process.Env = append(os.Environ(), fmt.Sprint("PORT=", port), "DATA_DIR="+l.data)
	l.process.Stderr = os.Stderr
	if err := l.process.Start(); err != nil {
		return nil, fmt.Errorf("%w: make load builds it", err)
	}
	go func() {
		_ = l.process.Wait()
		close(l.ended)
	}()
	for l.management == "" {
		select {
		case <-ctx.Done():
			l.stop()
			return nil, fmt.Errorf("make run does not start: %w", ctx.Err())
		case <-l.ended:
			l.stop()
			return nil, fmt.Errorf("make run does not start: %s", l.process.ProcessState)
		case <-time.After(100 * time.Millisecond):
		}
		text, _ := os.ReadFile(filepath.Join(l.data, "management-key")) // may not exist yet
		l.management = strings.TrimSpace(string(text))
	}
	return l, nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// stop ends the process, and deletes its data.
func (l *laptop) stop() {
	_ = l.process.Process.Signal(os.Interrupt) // fails if it has ended
	<-l.ended
	_ = os.RemoveAll(l.data)
}

// verifications creates the given number of keys, and returns requests that verify them in turn.
func (l *laptop) verifications(ctx context.Context, many int) (vegeta.Targeter, error) {
	var made struct {
		ID        string `json:"id"`
		AccessKey string `json:"access_key"`
	}
	ask := func(path string, body map[string]any) error {
		answer, err := l.post(ctx, path, body)
		if err != nil {
			return err
		}
		return json.Unmarshal(answer, &made)
	}
	if err := ask("/v1/applications", map[string]any{"name": "Load", "technology": "server"}); err != nil {
		return nil, err
	}
	application := made.ID
	if err := ask("/v1/arxes", map[string]any{"name": "Load", "regions": []string{"eu-central-1"}}); err != nil {
		return nil, err
	}
	arx := made.ID
	header := http.Header{"Authorization": {"Bearer " + l.management}, "Content-Type": {"application/json"}}
	var all []vegeta.Target
	for range many {
		if err := ask("/v1/keys", map[string]any{"application_id": application, "arx_id": arx, "scopes": []string{"load:*"}}); err != nil {
			return nil, err
		}
		body, err := json.Marshal(map[string]any{"key": made.AccessKey, "arx_id": arx, "scopes": []string{"load:read"}})
		if err != nil {
			return nil, err
		}
		all = append(all, vegeta.Target{Method: http.MethodPost, URL: l.url + "/v1/keys/verify", Header: header, Body: body})
	}
	return vegeta.NewStaticTargeter(all...), nil
}

func (l *laptop) post(ctx context.Context, path string, body map[string]any) ([]byte, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+path, bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+l.management)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("POST %s: %s: %s", path, answer.Status, text)
	}
	return text, err
}

// binary is the end of the path of the processes whose memory is measured.
var binary = filepath.Join("functions", "keys", "verify", "bootstrap")

// memory returns the resident memory of each environment of keys/verify, in bytes, from /proc. It is empty on systems
// without /proc.
func (l *laptop) memory() (resident []int64) {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || !strings.HasSuffix(target, binary) {
			continue
		}
		process := filepath.Dir(link)
		stat, err := os.ReadFile(filepath.Join(process, "stat"))
		if err != nil {
			continue // it has just ended
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // proc(5): from the third field on
		if len(fields) < 22 || fields[1] != strconv.Itoa(l.process.Process.Pid) {
			continue // of another instance
		}
		if pages, err := strconv.ParseInt(fields[21], 10, 64); err == nil {
			resident = append(resident, pages*int64(os.Getpagesize()))
		}
	}
	return resident
}

// megabytes formats sizes.
func megabytes(sizes []int64) string {
	if len(sizes) == 0 {
		return "unknown"
	}
	var text []string
	for _, bytes := range sizes {
		text = append(text, fmt.Sprintf("%.1f", float64(bytes)/1e6))
	}
	return strings.Join(text, " ") + " MB"
}
