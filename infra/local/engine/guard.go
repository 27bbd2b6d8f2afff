package engine

import (
	"bufio"
	"bytes"
	"crypto/subtle"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/loopback"
)

// headTimeout is for how long a new connection may take to show its first request.
const headTimeout = 10 * time.Second

// guard stands in front of an engine, which itself believes everybody. It looks at the first request
// of each connection, and from then on only carries bytes: the connection belongs to whoever sent
// that request, and no other program, and no page of a browser, can send anything over it.
type guard struct {
	AccessKey string   // which callers have to present; any where empty
	Hosts     []string // names of this machine beside 127.0.0.1 and localhost
	Engine    string   // its host:port
}

// serve accepts connections until the listener is closed.
func (g guard) serve(l net.Listener) error {
	for {
		caller, err := l.Accept()
		if err != nil {
			return err
		}
		go g.carry(caller)
	}
}

func (g guard) carry(caller net.Conn) {
	defer caller.Close()
	caller.SetReadDeadline(time.Now().Add(headTimeout))
	var read bytes.Buffer // all that is read of the connection before it is believed
	request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(io.LimitReader(caller, 1<<20), &read)))
	if read.Len() == 0 {
		return // asked for nothing: a client that keeps the connection for later would take any answer for that of its next request
	}
	if err != nil || !g.admits(request) {
		io.WriteString(caller, "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 70\r\n\r\n"+
			"This is the database of Arxkeys on this machine: it is not for others.")
		return
	}
	caller.SetReadDeadline(time.Time{})
	engine, err := net.Dial("tcp", g.Engine)
	if err != nil {
		return
	}
	defer engine.Close()
	if _, err := engine.Write(read.Bytes()); err != nil {
		return
	}
	go func() {
		io.Copy(engine, caller)
		engine.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(caller, engine)
}

// admits reports whether a request is one that a client of DynamoDB sends which knows the access key.
// A browser sends none such for a page: it says so in headers that the page can't take away.
func (g guard) admits(r *http.Request) bool {
	return r.Method == http.MethodPost && loopback.IsHost(r, g.Hosts...) && !loopback.FromBrowser(r) &&
		r.Header.Get("X-Amz-Target") != "" && g.knows(r.Header.Get("Authorization"))
}

// knows reports whether the credential scope of a Signature Version 4 names the access key. The
// signature is not checked: who knows the access key knows the secret one.
func (g guard) knows(authorization string) bool {
	scope, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256 Credential=")
	key, _, also := strings.Cut(scope, "/")
	return ok && also && (g.AccessKey == "" || subtle.ConstantTimeCompare([]byte(key), []byte(g.AccessKey)) == 1)
}
