namespace DataProcessor.Gateway.Health;

internal sealed record HealthStatus(string Status);
