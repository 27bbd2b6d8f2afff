package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
)

//go:embed runtime.mjs
var runtimeProgram string

// runtime runs CloudFront Functions in Node.js.
type runtime struct {
	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

// startRuntime starts Node.js, which ends with the context.
func startRuntime(ctx context.Context) (*runtime, error) {
	cmd := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", runtimeProgram)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("node is needed for CloudFront Functions: %w", err)
	}
	return &runtime{in: in, out: bufio.NewReader(out), cmd: cmd}, nil
}

// stop ends Node.js.
func (r *runtime) stop() {
	r.in.Close()
	r.cmd.Wait()
}

// event is the event of a viewer request.
type event struct {
	Version string            `json:"version"`
	Context map[string]string `json:"context"`
	Viewer  struct {
		IP string `json:"ip"`
	} `json:"viewer"`
	Request eventRequest `json:"request"`
}

// eventRequest is a request, as functions see and return it. Headers have lower-case names.
type eventRequest struct {
	Method  string           `json:"method"`
	URI     string           `json:"uri"`
	Query   map[string]value `json:"querystring"`
	Headers map[string]value `json:"headers"`
	Cookies map[string]value `json:"cookies"`
}

type value struct {
	Value  string  `json:"value"`
	Values []value `json:"multiValue,omitempty"`
}

// call returns the request that the function returns.
func (r *runtime) call(code string, e event) (eventRequest, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var answer struct {
		Result *eventRequest `json:"result"`
		Error  string        `json:"error"`
	}
	line, err := json.Marshal(map[string]any{"code": code, "event": e})
	if err != nil {
		return eventRequest{}, err
	}
	if _, err := r.in.Write(append(line, '\n')); err != nil {
		return eventRequest{}, err
	}
	text, err := r.out.ReadBytes('\n')
	if err != nil {
		return eventRequest{}, err
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return eventRequest{}, err
	}
	switch {
	case answer.Error != "":
		return eventRequest{}, errors.New("the function failed: " + answer.Error)
	case answer.Result == nil || answer.Result.Method != e.Request.Method || answer.Result.URI == "":
		return eventRequest{}, errors.New("the function returns no request")
	}
	return *answer.Result, nil
}
