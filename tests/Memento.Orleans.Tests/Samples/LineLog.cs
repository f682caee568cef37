namespace Memento.Tests.Samples;

/// <summary>The lines that a process has said so far.</summary>
internal sealed class LineLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Text, TaskCompletionSource Said)> _waiting = [];

    public void Add(string? line)
    {
        if (line is null) return;

        lock (_gate)
        {
            _lines.Add(line);
            foreach ((string text, TaskCompletionSource said) in _waiting)
            {
                if (line.Contains(text, StringComparison.Ordinal)) said.TrySetResult();
            }
        }
    }

    public Task WaitForAsync(string text)
    {
        lock (_gate)
        {
            if (_lines.Exists(line => line.Contains(text, StringComparison.Ordinal)))
                return Task.CompletedTask;

            var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((text, said));
            return said.Task;
        }
    }

    public override string ToString()
    {
        lock (_gate) return string.Join('\n', _lines);
    }
}
