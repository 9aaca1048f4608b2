using System.Collections.Concurrent;
using DataProcessor.Gateway;
using DataProcessor.Gateway.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DataProcessor.Unit.Gateway.Authentication;

public sealed class AuthenticationWarningTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0", false, 1)]
    [InlineData("http://*:0", false, 1)]
    [InlineData("http://0.0.0.0:0", true, 0)]
    [InlineData("http://127.0.0.1:0", false, 0)]
    [InlineData("http://[::1]:0", false, 0)]
    public async Task An_open_gateway_that_others_reach_is_warned_of(string address, bool hasKeys, int warnings)
    {
        using var log = new WarningLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls(address);
        builder.Services.AddSingleton(new MemoryCluster(1).Grains);
        builder.Services.AddGateway(options =>
        {
            if (hasKeys)
            {
                options.Authentication.ApiKeys.Add(new() { Hash = ApiKey.HashOf("key") });
            }
        });
        await using var app = builder.Build();

        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(warnings, log.Lines.Count(line => line.Contains("Authentication is off", StringComparison.Ordinal)));
    }

    private sealed class WarningLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
