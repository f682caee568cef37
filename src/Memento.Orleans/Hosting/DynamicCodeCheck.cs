using System.Runtime.CompilerServices;

namespace Memento.Hosting;

/// <summary>
/// Stops a start without dynamic code. Orleans makes the code of its calls at run time: without it,
/// a silo hangs for minutes at its start, and then says that a task was canceled.
/// </summary>
internal static class DynamicCodeCheck
{
    /// <exception cref="MementoException">The program was built without dynamic code.</exception>
    public static void ThrowIfMissing() => ThrowIfMissing(RuntimeFeature.IsDynamicCodeSupported);

    /// <param name="isSupported">Whether code can be made at run time.</param>
    /// <exception cref="MementoException">Code cannot be made at run time.</exception>
    public static void ThrowIfMissing(bool isSupported)
    {
        if (isSupported) return;

        throw new MementoException(
            "This program runs without dynamic code, which Orleans needs: it was built with "
            + "PublishAot, which a file-based program ('dotnet run app.cs') has on unless it says "
            + "otherwise. Add the line '#:property PublishAot=false' at the top of the file; in a "
            + "project, remove PublishAot.");
    }
}
