using DataProcessor.Grains.Producing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Producing;

public sealed class FailureStreakTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_outage_of_ten_thousand_attempts_is_worth_fourteen_lines_and_one_at_its_end()
    {
        var streak = new FailureStreak(_time);
        List<long> told = [];
        for (var i = 0; i < 10_000; i++)
        {
            told.Add(streak.OnFailure());
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192], told.Where(number => number > 0));
        Assert.False(streak.OnSuccess(out _));
        _time.Advance(FailureStreak.Calm);
        Assert.True(streak.OnSuccess(out var ended));
        Assert.Equal((10_000, 99.99), (ended.Failures, Math.Round(ended.Lasted.TotalSeconds, 3)));
        Assert.False(streak.OnSuccess(out _));
        Assert.Equal(1, streak.OnFailure());
    }

    [Fact]
    public void Successes_in_between_end_no_streak_and_a_single_failure_is_none()
    {
        var streak = new FailureStreak(_time);
        Assert.Equal(1, streak.OnFailure());
        Assert.False(streak.OnSuccess(out _));
        Assert.Equal(2, streak.OnFailure());
        Assert.Equal(0, streak.OnFailure());
        _time.Advance(FailureStreak.Calm);
        Assert.True(streak.OnSuccess(out _));

        streak.OnFailure();
        _time.Advance(FailureStreak.Calm);
        Assert.False(streak.OnSuccess(out _));
    }
}
