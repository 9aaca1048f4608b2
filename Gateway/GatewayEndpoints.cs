using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Health;
using DataProcessor.Gateway.KinesisApi;
using DataProcessor.Gateway.Stopping;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway;

/// <summary>The gateway's HTTP interface.</summary>
public static class GatewayEndpoints
{
    private const string Put = "POST";
    private const string Look = "GET, HEAD";

    /// <summary>
    /// Maps <c>POST /</c> (also AWS SDKs' PutRecord and PutRecords), <c>POST /streams/{stream}/records</c>,
    /// <c>GET /healthcheck</c> and <c>GET /ready</c>; other methods there are answered 405. The result takes what concerns
    /// all of them, such as RequireHost.
    /// </summary>
    public static RouteGroupBuilder MapGateway(this IEndpointRouteBuilder endpoints)
    {
        var gateway = endpoints.MapGroup("");
        MapOnly(gateway, "/", Put, PutToDefaultStream);
        MapOnly(gateway, "/streams/{stream}/records", Put, PutToStream);
        MapOnly(gateway, "/healthcheck", Look, CheckHealth);
        MapOnly(gateway, "/ready", Look, CheckReadiness);
        return gateway;
    }

    /// <summary>To come before the endpoints: closes connections with their answers once the process is told to stop.</summary>
    public static IApplicationBuilder UseGatewayDrain(this IApplicationBuilder app)
    {
        var drain = app.ApplicationServices.GetRequiredService<GatewayDrain>();
        return app.Use((context, next) =>
        {
            drain.CloseAfterAnswer(context);
            return next(context);
        });
    }

    private static void MapOnly(RouteGroupBuilder gateway, string pattern, string methods, Delegate handler)
    {
        gateway.MapMethods(pattern, methods.Split(", "), handler);
        gateway.Map(pattern, (HttpContext context) => RefuseMethod(context, methods));
    }

    private static Task PutToDefaultStream(
        HttpContext context, GatewayRequests requests, KinesisRequests kinesis, IOptions<GatewayOptions> options) =>
        KinesisRequests.IsCall(context.Request)
            ? kinesis.TakeAsync(context)
            : requests.TakeAsync(context, options.Value.DefaultStream);

    private static Task PutToStream(HttpContext context, string stream, GatewayRequests requests) =>
        requests.TakeAsync(context, stream);

    /// <summary>Fails only for what a new process would cure: while this one answers, nothing.</summary>
    private static JsonHttpResult<HealthStatus> CheckHealth() => TypedResults.Json(new HealthStatus("healthy"));

    private static async Task<Results<JsonHttpResult<HealthStatus>, ProblemAnswer>> CheckReadiness(Readiness readiness) =>
        await readiness.FindProblemAsync() is { } problem
            ? new ProblemAnswer(problem)
            : TypedResults.Json(new HealthStatus("ready"));

    private static ProblemAnswer RefuseMethod(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return new(new(ProblemKind.MethodNotAllowed, $"{context.Request.Method} is not allowed here; use {allowed}."));
    }
}
