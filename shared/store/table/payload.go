package table

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// payload is what the first attempt at a call sent. The SDK writes the attributes of an item in
// another order each time; attempts that carry one ClientRequestToken have to be the same.
type payload struct{ sent []byte }

// ID names the middleware.
func (*payload) ID() string { return "IdenticalPayload" }

// HandleBuild keeps what is sent first, and sends it again.
func (p *payload) HandleBuild(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (out middleware.BuildOutput, metadata middleware.Metadata, err error) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, fmt.Errorf("a request of type %T", in.Request)
	}
	if p.sent == nil {
		if p.sent, err = io.ReadAll(request.GetStream()); err != nil {
			return out, metadata, err
		}
	}
	if in.Request, err = request.SetStream(bytes.NewReader(p.sent)); err != nil {
		return out, metadata, err
	}
	return next.HandleBuild(ctx, in)
}

// identical makes all calls that are given the option send the same payload.
func identical() func(*dynamodb.Options) {
	p := &payload{}
	return func(o *dynamodb.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error { return stack.Build.Add(p, middleware.Before) })
	}
}
