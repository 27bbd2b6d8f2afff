package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
)

// configuration is the console's config.json.
type configuration map[string]string

// fetchConfiguration returns the configuration that infra/local serves.
func fetchConfiguration(api *url.URL) (configuration, error) {
	res, err := http.Get(api.JoinPath("config.json").String())
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s has no configuration: %s", api, res.Status)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	var c configuration
	return c, json.Unmarshal(text, &c)
}

// at returns the configuration with the endpoints at another origin. The issuer stays: tokens name it.
func (c configuration) at(from, to *url.URL) configuration {
	moved := configuration{}
	for name, value := range c {
		if path, ok := strings.CutPrefix(value, from.String()); ok && name != "issuer" {
			value = to.String() + path
		}
		moved[name] = value
	}
	return moved
}

// signIn stands in for the domain of a user pool: an origin of its own, whose responses pages of any origin may read. It
// forwards to infra/local, which serves pages of its own origin only. The page's own policy requires HTTPS, so it has the
// certificate of package httptest, which no browser trusts.
func signIn(ctx context.Context, local *url.URL) *url.URL {
	server := httptest.NewUnstartedServer(nil)
	own := &url.URL{Scheme: "https", Host: server.Listener.Addr().String()}
	server.Config.Handler = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(local)
			for name := range r.Out.Header {
				if name == "Origin" || strings.HasPrefix(name, "Sec-Fetch-") {
					r.Out.Header.Del(name)
				}
			}
		},
		ModifyResponse: func(res *http.Response) error {
			if path, ok := strings.CutPrefix(res.Header.Get("Location"), local.String()); ok {
				res.Header.Set("Location", own.String()+path)
			}
			res.Header.Set("Access-Control-Allow-Origin", "*")
			return nil
		},
	}
	server.StartTLS()
	context.AfterFunc(ctx, server.Close)
	return own
}
