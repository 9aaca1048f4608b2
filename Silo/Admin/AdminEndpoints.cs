using DataProcessor.Silo.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace DataProcessor.Silo.Admin;

/// <summary>The admin interface: what the cluster does with the streams. Never on a public load balancer.</summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", () => TypedResults.Redirect("/dashboard"));
        endpoints.MapGet("/health", () => TypedResults.Ok(new HealthView("ok")));
        endpoints.MapGet("/streams", ListStreams);
        endpoints.MapGet("/streams/{stream}", DescribeStream);
    }

    private static Ok<StreamListView> ListStreams(IOptions<DataProcessorOptions> options) =>
        TypedResults.Ok(new StreamListView([options.Value.StreamName]));

    private static async Task<Results<Ok<StreamView>, ProblemHttpResult>> DescribeStream(
        string stream, IGrainFactory grains, IOptions<DataProcessorOptions> options)
    {
        if (stream != options.Value.StreamName)
        {
            return TypedResults.Problem(
                $"This cluster reads the stream '{options.Value.StreamName}'.", statusCode: StatusCodes.Status404NotFound);
        }

        var application = grains.GetGrain<IApplicationGrain>($"{options.Value.ApplicationName}/{stream}");
        try
        {
            return TypedResults.Ok(StreamView.Of(await application.GetStatus()));
        }
        catch (StreamNotFoundException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status404NotFound);
        }
        catch (Exception e) when (e is StreamUnavailableException or OrleansException or TimeoutException)
        {
            return TypedResults.Problem(
                $"The cluster cannot tell: {e.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
